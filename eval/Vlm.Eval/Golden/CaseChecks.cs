using System.Globalization;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Core.Weights;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Eval.Golden;

/// <summary>End-to-end cases of one checkpoint: picture and prompt in, features, logits and ids out.</summary>
internal sealed class CaseChecks : IAsyncDisposable
{
    /// <summary>Features of a float64 tower; DCT rounds to half precision on the way.</summary>
    private const double FeatureTolerance = 1e-5;
    private const double HalfTolerance = 5e-3;

    /// <summary>The reference language model is float32.</summary>
    private const double LanguageTolerance = 5e-3;

    private const int BlockSize = 16;

    private readonly string _folder;
    private readonly Llava _model;
    private readonly ModelSource _source;
    private readonly VlmEngine _engine;

    public CaseChecks(string folder, CaseTarget target)
    {
        _folder = folder;
        _source = ModelSource.Open(folder, target.DType, target.Device, weights: target.Weights);
        _model = _source.Load();
        _engine = VlmEngine.Start(_source, new EngineOptions { MaxBatchSize = 1, WarmUp = false });
    }

    /// <summary>Whether this precision must reproduce the case, by the golden README.</summary>
    private bool IsExact => _model.DType == ScalarType.Float64;

    public async Task<string> CheckAsync(GoldenCase golden, CancellationToken cancel)
    {
        MergeSpec merge = golden.MergeSpec();
        if (!IsExact && !golden.Expect.Float32Safe)
        {
            throw new SkippedException(string.Create(CultureInfo.InvariantCulture,
                $"decision gap {golden.Expect.MinDecisionGap:g2}: only float64 decides it surely"));
        }

        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(_folder, golden.PrefixRule());
        int[] promptIds = CheckPrompt(golden, tokenizer);
        PixelValues[] pictures = [.. golden.Images.Select((_, i) => CheckPicture(golden, i))];
        double worst = IsExact ? CheckTensors(golden, merge, promptIds, pictures) : 0;
        List<int> ids = await GreedyAsync(golden, promptIds, pictures, merge, cancel);
        Compare.SameItems("ids", golden.Expect.Ids, ids);
        Compare.Equal("text", golden.Expect.Text, tokenizer.Decode(ids).Trim());
        return string.Create(CultureInfo.InvariantCulture, $"{ids.Count} ids equal, largest tensor difference {worst:g2}");
    }

    /// <summary>Greedy ids before the first that is not the reference's.</summary>
    public async Task<int> AgreeAsync(GoldenCase golden, CancellationToken cancel)
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(_folder, golden.PrefixRule());
        PixelValues[] pictures = [.. golden.Images.Select((_, i) => CheckPicture(golden, i))];
        List<int> ids = await GreedyAsync(golden, CheckPrompt(golden, tokenizer), pictures, golden.MergeSpec(), cancel);
        return golden.Expect.Ids.Zip(ids).TakeWhile(pair => pair.First == pair.Second).Count();
    }

    /// <summary>Ids of the engine that serves requests.</summary>
    private async Task<List<int>> GreedyAsync(
        GoldenCase golden, int[] promptIds, PixelValues[] pictures, MergeSpec merge, CancellationToken cancel)
    {
        await _engine.Ready.WaitAsync(cancel);
        GenerationRequest request = new()
        {
            Id = golden.Name,
            PromptIds = promptIds,
            Images = pictures,
            Merge = merge,
            Sampling = new SamplingOptions { MaxTokens = golden.MaxNewTokens },
        };
        List<int> ids = [];
        await foreach (GenerationEvent item in _engine.GenerateAsync(request, cancel: cancel))
        {
            switch (item)
            {
                case GenerationEvent.Token token:
                    ids.Add(token.Id);
                    break;
                case GenerationEvent.Failed failed:
                    throw failed.Error;
            }
        }

        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _model.Dispose();
        _source.Dispose();
    }

    private static int[] CheckPrompt(GoldenCase golden, LlamaTokenizer tokenizer)
    {
        IReadOnlyList<PromptSegment> segments = ChatTemplate.Render(golden.TemplateName(), golden.ChatMessages());
        Compare.Equal("prompt", golden.Prompt, ChatTemplate.ToText(segments));
        int[] ids = tokenizer.Encode(segments);
        int[] expected = golden.Expect.PromptIds;
        Compare.SameItems("prompt_ids", expected, [.. ids.Select(id => id == LlamaTokenizer.ImagePlaceholder ? 32000 : id)]);
        return ids;
    }

    private PixelValues CheckPicture(GoldenCase golden, int index)
    {
        RgbImage image = ImageDecoder.Decode(golden.ImageBytes(index), new ImageLimits(), golden.ApplyExif);
        return new ClipImageProcessor(_source.Preprocessor).Process(image, golden.ImageGeometry());
    }

    private double CheckTensors(GoldenCase golden, MergeSpec merge, int[] promptIds, PixelValues[] pictures)
    {
        using var scope = NewDisposeScope();
        using var off = inference_mode();
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(golden.Folder, "cases", golden.Expect.Tensors));
        double worst = 0;
        List<Tensor> projected = [];
        for (int i = 0; i < pictures.Length; i++)
        {
            VisionOutput output = Encode(pictures[i], merge);
            Compare.Equal($"visual_tokens[{i}]", golden.Expect.VisualTokens[i], (int)output.Projected.shape[1]);
            worst = Math.Max(worst, CheckVision(expected, i, output, merge.Method == "dct" ? HalfTolerance : FeatureTolerance));
            projected.Add(output.Projected[0]);
        }

        Tensor embeddings = Embed(promptIds, projected);
        Compare.Equal("sequence_length", golden.Expect.SequenceLength, (int)embeddings.shape[0]);
        double[] logits = Doubles(Prefill(embeddings));
        double[] found = [.. Integers(expected.Get("logits.ids")).Select(id => logits[id])];
        return Math.Max(worst, Compare.Near("logits", Doubles(expected.Get("logits.values")), found, LanguageTolerance));
    }

    private static double CheckVision(SafetensorsFile expected, int index, VisionOutput output, double tolerance)
    {
        if (expected.Entries.ContainsKey($"owner.{index}"))
        {
            Compare.SameItems($"owner.{index}", Integers(expected.Get($"owner.{index}")), Integers(output.Owner![0]));
        }

        if (expected.Entries.ContainsKey($"sizes.{index}"))
        {
            Compare.Near($"sizes.{index}", Doubles(expected.Get($"sizes.{index}")), SelectedSizes(expected, index, output), tolerance);
        }

        double features = Compare.Near($"features.{index}", Doubles(expected.Get($"features.{index}")), Doubles(output.Features[0]), tolerance);
        Compare.Near($"projected.{index}", Doubles(expected.Get($"projected.{index}")), Doubles(output.Projected[0]), LanguageTolerance);
        return features;
    }

    /// <summary>Sizes with or without the class token, as the golden file lists them.</summary>
    private static double[] SelectedSizes(SafetensorsFile expected, int index, VisionOutput output)
    {
        double[] sizes = Doubles(output.Sizes![0]);
        return sizes.Length == expected.Entries[$"sizes.{index}"].Count ? sizes : sizes[1..];
    }

    private VisionOutput Encode(PixelValues picture, MergeSpec merge) =>
        _model.EncodeImages(tensor(picture.Data, [1, 3, picture.Size, picture.Size]), merge, trace: true);

    private Tensor Embed(int[] promptIds, List<Tensor> projected)
    {
        int picture = 0;
        return cat([.. promptIds.Select(id => id == LlamaTokenizer.ImagePlaceholder
            ? projected[picture++]
            : _model.Language.EmbedTokens(tensor(new long[] { id }, device: _model.Device)))]);
    }

    /// <summary>[V] logits after the last row of one whole prefill.</summary>
    private Tensor Prefill(Tensor embeddings)
    {
        long rows = embeddings.shape[0];
        long blocks = (rows + BlockSize - 1) / BlockSize;
        using KvCache cache = new(_model.Config.Text, blocks, BlockSize, _model.CacheDType, _model.Device);
        long[] positions = [.. Enumerable.Range(0, (int)rows).Select(p => (long)p)];
        long[,] table = new long[1, blocks];
        for (int b = 0; b < blocks; b++)
        {
            table[0, b] = b;
        }

        Tensor hidden = _model.Language.Forward(embeddings, new StepBatch(positions, positions, [0, rows], [rows], table), cache);
        return _model.Language.Logits(hidden.narrow(0, rows - 1, 1))[0];
    }

    private static double[] Doubles(Tensor values) => values.to(ScalarType.Float64).cpu().flatten().data<double>().ToArray();

    private static int[] Integers(Tensor values) => values.to(ScalarType.Int32).cpu().flatten().data<int>().ToArray();
}
