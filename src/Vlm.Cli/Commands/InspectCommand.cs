using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vlm.Api;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm inspect DIR</c>: a checkpoint without loading it.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Checkpoint folder in Hugging Face or original layout." };
        folder.AcceptExistingOnly();
        Command command = new("inspect", """
            A checkpoint: configuration, parameters, types, memory need, visual tokens per ratio. No weight is read.

            Example:
              ./vlm inspect llava-1.5-7b-hf
            """)
        {
            folder,
        };
        command.SetAction((parsed, _) =>
        {
            Print(CheckpointInfo.Inspect(parsed.GetValue(folder)!.FullName));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Print(CheckpointInfo info)
    {
        (VisionConfig vision, TextConfig text) = (info.Config.Vision, info.Config.Text);
        Table table = new Table().AddColumns("what", "found").Border(TableBorder.Simple);
        void Row(string name, FormattableString value) => table.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));

        Row("folder", $"{info.Folder} ({info.Layout} layout, {info.Config.Family} family)");
        Row("vision", $"{vision.NumHiddenLayers} layers ({info.Config.FeatureLayer} used), {vision.HiddenSize} wide, {vision.NumAttentionHeads} heads, {vision.ImageSize} px, patch {vision.PatchSize}");
        Row("language", $"{text.NumHiddenLayers} layers, {text.HiddenSize} wide, {text.NumAttentionHeads} heads on {text.NumKeyValueHeads}, {text.VocabSize} rows, {text.MaxPositionEmbeddings} positions");
        foreach (PartInfo part in info.Parts)
        {
            Row($"parameters, {part.Part}", $"{part.Parameters:N0} in {part.Tensors} tensors, {part.UsedParameters:N0} used");
        }

        Row("parameters", $"{info.Parameters:N0}, {info.Bytes:N0} bytes, {string.Join(", ", info.DTypes.Select(d => $"{d.DType} {d.Tensors}"))}");
        foreach (MemoryInfo need in info.Memory)
        {
            Row($"memory in {need.DType}", $"weights {need.WeightBytes:N0}, cache {need.KvBytesPerToken:N0} per token, {need.KvBytesPerSequence:N0} per full context");
        }

        AnsiConsole.Write(table);
        AnsiConsole.Write(VisualTokens(info.Config));
    }

    /// <summary>Visual tokens and share of the tower's operations, per method and ratio.</summary>
    private static Table VisualTokens(LlavaConfig config)
    {
        MergeShape shape = config.MergeShape;
        double full = Flops(config, MergeSpec.None, shape);
        Table table = new Table().AddColumns("merge", "visual tokens", "tower operations").Border(TableBorder.Simple);
        foreach (MergeMethodInfo method in TokenMergers.All)
        {
            foreach (MergeSpec spec in method.Profiles.SelectMany(profile => TokenMergers.UsualRatios.Where(r => r is >= 0.85 and < 1).Select(r => new MergeSpec(method.Name, profile.Name, r))))
            {
                table.AddRow($"{spec}", $"{TokenMergers.VisualTokens(spec, shape)}", (Flops(config, spec, shape) / full).ToString("0.0 %", CultureInfo.InvariantCulture));
            }
        }

        return table;
    }

    private static double Flops(LlavaConfig config, MergeSpec spec, MergeShape shape) => VisionFlops.Encoder(
        TokenMergers.TokensPerLayer(spec, shape)[..^1], config.Vision.HiddenSize, config.Vision.IntermediateSize);
}
