using System.Diagnostics;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Core.Chat;

/// <summary>A question ready for the engine.</summary>
/// <param name="Request">Token ids and pixels.</param>
/// <param name="ImageTime">What decoding and resizing took.</param>
public sealed record PreparedChat(GenerationRequest Request, TimeSpan ImageTime)
{
    /// <summary>The request for one of several answers: a name and draws of its own.</summary>
    internal PreparedChat ForAnswer(int index) => index == 0 ? this : this with
    {
        Request = Request with
        {
            Id = $"{Request.Id}.{index}",
            Sampling = Request.Sampling with { Seed = unchecked(Request.Sampling.Seed + (ulong)index) },
        },
    };
}

/// <summary>Questions to engine requests: pictures are decoded and resized, the prompt is laid out and tokenised, the
/// context is checked. Runs on the callers' threads and a bounded number of workers, never on the engine's. Safe for
/// use by many threads.</summary>
public sealed class ChatPreparer : IDisposable
{
    private readonly LlamaTokenizer _tokenizer;
    private readonly ModelDescription _model;
    private readonly ClipImageProcessor _processor;
    private readonly ImageLimits _limits;
    private readonly MergeSpec _defaultMerge;
    private readonly SemaphoreSlim _workers;

    /// <param name="tokenizer">Of the model; stays the caller's.</param>
    /// <param name="preprocessor">How the model wants its pictures.</param>
    /// <param name="model">The model.</param>
    /// <param name="limits">What pictures may be; null takes the defaults.</param>
    /// <param name="defaultMerge">Merging where a question names none; null merges nothing.</param>
    public ChatPreparer(
        LlamaTokenizer tokenizer,
        PreprocessorConfig preprocessor,
        ModelDescription model,
        ImageLimits? limits = null,
        MergeSpec? defaultMerge = null)
    {
        (_tokenizer, _model) = (tokenizer, model);
        _limits = limits ?? new ImageLimits();
        _defaultMerge = defaultMerge ?? MergeSpec.None;
        _workers = new SemaphoreSlim(Environment.ProcessorCount); // each holds a decoded picture in memory
        _processor = new ClipImageProcessor(preprocessor) { MaxThreads = 1 }; // the workers are the parallelism
    }

    /// <summary>Prepares one question.</summary>
    /// <exception cref="ChatInputException">It cannot be asked.</exception>
    public async Task<PreparedChat> PrepareAsync(ChatInput input, CancellationToken cancel)
    {
        CheckPlaces(input);
        if (input.Choices is { Count: 0 })
        {
            throw new ChatInputException("choices", "choices: expected at least one text, found none.");
        }

        var prompt = Render(input);
        CheckLength("messages", prompt.OfType<PromptSegment.Text>().Sum(text => (long)text.Value.Length));
        CheckLength("choices", input.Choices?.Max(choice => choice.Length) ?? 0);
        var promptIds = _tokenizer.Encode(prompt);
        var merge = input.Merge ?? _defaultMerge;
        var choices = input.Choices?.Select(choice => (IReadOnlyList<int>)_tokenizer.EncodeText(choice, prefix: true))
            .ToList();
        CheckSampling(input.Sampling);
        var sampling = input.ClipsMaxTokens ? Clip(input.Sampling, PromptTokens(promptIds, merge)) : input.Sampling;
        CheckContext(promptIds, merge, choices, sampling.MaxTokens); // before the pictures, which cost more

        var start = Stopwatch.GetTimestamp();
        var images = input.Pixels
            ?? await LoadAllAsync(input.Images, input.Geometry, input.ApplyExif, cancel).ConfigureAwait(false);
        var request = new GenerationRequest
        {
            Id = input.Id ?? $"chat-{Guid.NewGuid():N}",
            PromptIds = promptIds,
            Images = images,
            Merge = merge,
            Sampling = sampling,
            Grammar = input.Grammar,
            Priority = input.Priority,
            Tenant = input.Tenant,
            Choices = choices,
        };
        return new PreparedChat(request, images.Count > 0 ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero);
    }

    public void Dispose() => _workers.Dispose();

    /// <summary>Decodes and resizes pictures; every bad one is named.</summary>
    /// <exception cref="ChatInputException">One or more cannot be read.</exception>
    internal async Task<PixelValues[]> LoadAllAsync(
        IReadOnlyList<byte[]> images, ImageGeometry geometry, bool applyExif, CancellationToken cancel)
    {
        Task<PixelValues>[] loads = [.. images.Select((image, i) =>
            LoadAsync(image, $"images[{i}]", geometry, applyExif, cancel))];
        try
        {
            return await Task.WhenAll(loads).ConfigureAwait(false);
        }
        catch (ChatInputException)
        {
            ChatInputException[] wrong = [
                .. loads.Select(load => load.Exception?.InnerException).OfType<ChatInputException>()];
            throw new ChatInputException(wrong[0].Field, wrong[0].Message, wrong[0].InnerException) { Others = wrong[1..] };
        }
    }

    private IReadOnlyList<PromptSegment> Render(ChatInput input)
    {
        try
        {
            return ChatTemplate.Render(
                input.Template == TemplateName.Auto ? _model.Template : input.Template, input.Messages);
        }
        catch (ArgumentException error)
        {
            throw new ChatInputException("messages", error.Message, error);
        }
    }

    /// <summary>Decodes and resizes one picture on a worker.</summary>
    /// <exception cref="ChatInputException">It cannot be read; names <paramref name="field"/>.</exception>
    public async Task<PixelValues> LoadAsync(
        byte[] bytes, string field, ImageGeometry geometry, bool applyExif, CancellationToken cancel)
    {
        await _workers.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            geometry = geometry == ImageGeometry.Auto ? _model.Geometry : geometry;
            return await Task.Run(
                () => _processor.Process(ImageDecoder.Decode(bytes, _limits, applyExif), geometry),
                cancel).ConfigureAwait(false);
        }
        catch (ImageException error)
        {
            throw new ChatInputException(field, error.Message, error);
        }
        finally
        {
            _workers.Release();
        }
    }

    private static void CheckPlaces(ChatInput input)
    {
        var numPlaces = input.Messages.Sum(message => message.Content.Count(part => part is ChatPart.Image));
        var numPictures = input.Pixels?.Count ?? input.Images.Count;
        if (numPlaces != numPictures)
        {
            throw new ChatInputException(
                "images",
                $"images: expected {numPlaces}, one for each place in the messages, found {numPictures}.");
        }
    }

    /// <summary>Refuses what cannot fit however few tokens it becomes, before it is encoded: that takes minutes for megabytes.</summary>
    private void CheckLength(string field, long numCharacters)
    {
        var most = (long)_model.ContextLength * _tokenizer.LongestPiece;
        if (numCharacters > most)
        {
            throw new ChatInputException(
                field,
                $"{field}: expected at most {_model.ContextLength} tokens, which have at most {most} characters, found {numCharacters} characters.")
            {
                ExceedsContext = true,
            };
        }
    }

    private static void CheckSampling(SamplingOptions sampling)
    {
        try
        {
            sampling.Check();
        }
        catch (SettingException error)
        {
            throw new ChatInputException(error.Name, error.Message, error);
        }
    }

    private void CheckContext(int[] promptIds, MergeSpec merge, List<IReadOnlyList<int>>? choices, int maxTokens)
    {
        var promptTokens = PromptTokens(promptIds, merge);
        var (field, answerTokens) = choices is null
            ? ("max_tokens", maxTokens)
            : ("choices", choices.Max(choice => choice.Count));
        if (promptTokens + answerTokens > _model.ContextLength)
        {
            throw new ChatInputException(
                promptTokens >= _model.ContextLength ? "messages" : field,
                $"prompt and {field}: expected at most {_model.ContextLength} tokens together, " +
                $"found {promptTokens} + {answerTokens}.")
            {
                ExceedsContext = true,
            };
        }
    }

    private long PromptTokens(int[] promptIds, MergeSpec merge)
    {
        var numPictures = promptIds.Count(id => id == LlamaTokenizer.ImagePlaceholder);
        return promptIds.Length + ((long)numPictures * (VisualTokens(merge) - 1));
    }

    private SamplingOptions Clip(SamplingOptions sampling, long promptTokens) => sampling with
    {
        MaxTokens = (int)Math.Max(1, Math.Min(sampling.MaxTokens, _model.ContextLength - promptTokens)),
    };

    /// <summary>Visual tokens of a picture under a setting.</summary>
    /// <exception cref="ChatInputException">The setting cannot be.</exception>
    internal int VisualTokens(MergeSpec merge)
    {
        try
        {
            return TokenMergers.VisualTokens(merge, _model.MergeShape);
        }
        catch (ArgumentException error)
        {
            throw new ChatInputException("merge", error.Message, error);
        }
    }
}
