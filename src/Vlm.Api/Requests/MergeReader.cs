using System.Globalization;
using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.Options;
using Vlm.Merge;

namespace Vlm.Api.Requests;

/// <summary>The field <c>merge</c> of a request to what the engine shall do.</summary>
internal sealed class MergeReader(IOptions<MergeOptions> merging)
{
    private const string Field = "merge";

    /// <summary>Reads the field, or takes the server's default; a fault leaves no merging.</summary>
    public MergeSpec Read(TextOr<MergeChoice>? asked, MergeShape shape, RequestFaults faults)
    {
        if (faults.Has(Field))
        {
            return MergeSpec.None;
        }

        try
        {
            MergeSpec spec = asked switch
            {
                { Text: { } text } => MergeSpec.Parse(text, shape),
                { Value: { } choice } => Read(choice, shape, faults),
                _ => MergeSpec.Parse(merging.Value.Default),
            };
            if (!merging.Value.Allows(spec.Method))
            {
                faults.Add(Field, $"expected a method that this server allows ({merging.Value.AllowedText}), found {spec.Method}.");
            }

            return spec;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            faults.Add(Field, wrong.Message);
            return MergeSpec.None;
        }
    }

    private static MergeSpec Read(MergeChoice choice, MergeShape shape, RequestFaults faults)
    {
        KeyValuePair<string, string>[] options = [.. Options(choice)];
        bool sound = true;
        foreach ((string name, string value) in options)
        {
            if (MergeOption.Find(name).Fault(value) is { } fault)
            {
                faults.Add($"{Field}.{name}", fault);
                sound = false;
            }
        }

        return TokenMergers.Resolve(
            choice.Method,
            choice.Profile,
            choice.Ratio,
            choice.ImageTokens,
            shape,
            sound ? MergeOption.Read(options) : new() { RemovedPerLayer = choice.R });
    }

    // The options that were given, as a merge spec would write them.
    private static IEnumerable<KeyValuePair<string, string>> Options(MergeChoice choice)
    {
        (string Name, object? Value)[] all =
        [
            ("layers", choice.Layers?.Text ?? (choice.Layers?.Value is { } layers ? LayerSelection.Of(layers).Text : null)),
            ("r", choice.R),
            ("inflection", choice.Inflection),
            ("margin", choice.Margin),
            ("alpha", choice.Alpha),
            ("energy", choice.Energy),
            ("split", choice.Split),
            ("seed", choice.Seed),
            ("stride", choice.Stride),
            ("proportional_attention", choice.ProportionalAttention),
            ("order", choice.Order),
        ];
        return all.Where(option => option.Value is not null)
            .Select(option => KeyValuePair.Create(option.Name, Text(option.Value!)));
    }

    private static string Text(object value) => value is Enum or bool
        ? value.ToString()!.ToLowerInvariant()
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
