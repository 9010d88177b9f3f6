using System.CommandLine;
using System.Globalization;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Core.Preview.Pictures;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm merge show IMAGE --out DIR</c>: pictures of what each method does to a picture.</summary>
internal static class MergeShowCommand
{
    private sealed record Options(
        Argument<FileInfo> Image, Option<string?> Merge, Option<int?> ImageTokens, Option<int?> Layer, Option<DirectoryInfo> Out,
        Option<DirectoryInfo?> Model, Option<string> Device, Option<string> DType);

    public static Command Create()
    {
        Options options = new(
            new Argument<FileInfo>("IMAGE") { Description = "Picture file." }.AcceptExistingOnly(),
            new("--merge") { Description = "SPEC,SPEC,...; every method at one token budget when absent." },
            new("--image-tokens") { Description = "That budget (default: what pitome/released:0.9 leaves)." },
            new("--layer") { Description = "Layer of the overlays, from 0 (default: the last)." },
            new("--out") { Description = "Folder to make; must not exist or be empty.", Required = true },
            CommonOptions.Model(), CommonOptions.Device(), CommonOptions.DType());
        Command command = new("show", """
            What each method does to a picture: which patches became one token, sizes and energies per layer, all layers in
            motion, and a page (index.html) with all of it. Only the vision tower runs.

            Examples:
              ./vlm merge show photo.jpg --out /tmp/merge
              ./vlm merge show photo.jpg --merge pitome:0.9,pitome/paper:0.9,tome:0.9 --layer 12 --out /tmp/merge
            """)
        {
            options.Image, options.Merge, options.ImageTokens, options.Layer, options.Out, options.Model, options.Device, options.DType,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(options.Merge) is not null && result.GetResult(options.ImageTokens) is not null)
            {
                result.AddError("merging: expected one of --merge and --image-tokens, found both.");
            }
        });
        command.SetAction((parsed, cancel) => RunAsync(parsed, options, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Options options, CancellationToken cancel)
    {
        string folder = DefaultCheckpoint.Resolve(parsed.GetValue(options.Model));
        using ModelSource source = ModelSource.Open(folder, parsed.GetValue(options.DType)!, parsed.GetValue(options.Device)!);
        MergeShape shape = source.Description.MergeShape;
        int layer = Layer(parsed.GetValue(options.Layer), shape);
        MergeSpec[] specs = [.. parsed.GetValue(options.Merge) is { } list
            ? MergeSpecList.Parse(list, shape)
            : AtOneBudget(parsed.GetValue(options.ImageTokens), shape)];
        if (specs.Length == 0)
        {
            throw new ArgumentException("--image-tokens: expected a number that some method reaches, found one below all.");
        }

        FileInfo file = parsed.GetValue(options.Image)!;
        string target = parsed.GetValue(options.Out)!.FullName;
        using ExplorerFolder explorer = ExplorerFolder.Create(target); // refuses now, not after the work
        byte[] bytes = await File.ReadAllBytesAsync(file.FullName, cancel);
        RgbImage square = new ClipImageProcessor(source.Preprocessor)
            .Resize(ImageDecoder.Decode(bytes, new ImageLimits(), applyExif: true), ImageGeometry.Auto);
        List<MergePreview> previews = await PreviewAsync(source, bytes, specs, cancel);
        explorer.Write(file.Name, square, previews, layer);
        Console.WriteLine(Path.Combine(target, "index.html"));
        return ExitCode.Done;
    }

    private static async Task<List<MergePreview>> PreviewAsync(
        ModelSource source, byte[] bytes, MergeSpec[] specs, CancellationToken cancel)
    {
        using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
        await using VlmEngine engine = VlmEngine.Start(source, new EngineOptions { MaxBatchSize = 1 });
        await engine.Ready.WaitAsync(cancel);
        MergePreviewer previewer = new(engine, preparer);
        List<MergePreview> previews = [];
        foreach (MergeSpec spec in specs)
        {
            MergePreview preview = await previewer.PreviewAsync(new() { Image = bytes, Merge = spec }, cancel);
            previews.Add(preview);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{spec}: {preview.Tokens} of {preview.TokensFull} tokens, {preview.Timings.EncodeMs:0.0} ms"));
        }

        return previews;
    }

    private static int Layer(int? asked, MergeShape shape) => asked is null or >= 0 && (asked ?? 0) < shape.FeatureLayer
        ? asked ?? shape.FeatureLayer - 1
        : throw new ArgumentException($"layer: expected 0 to {shape.FeatureLayer - 1}, found {asked}.");

    /// <summary>The default profile of every method, at the largest ratio within the budget; who cannot keep it is named and left out.</summary>
    private static IEnumerable<MergeSpec> AtOneBudget(int? asked, MergeShape shape)
    {
        int budget = asked ?? TokenMergers.VisualTokens(MergeSpec.Parse("pitome:0.9"), shape);
        foreach (MergeMethodInfo method in TokenMergers.All.Where(method => method.Profiles.Count > 0))
        {
            MergeSpec? spec = null;
            try
            {
                spec = TokenMergers.Resolve(method.Name, method.Profiles[0].Name, null, budget, shape);
            }
            catch (ArgumentException cannot)
            {
                Console.Error.WriteLine($"vlm: left out: {cannot.Message}");
            }

            if (spec is not null)
            {
                yield return spec;
            }
        }
    }
}
