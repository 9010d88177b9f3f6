using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.Options;
using Vlm.Merge;

namespace Vlm.Api.Requests;

/// <summary>The field <c>merge</c> of a request to what the engine shall do.</summary>
public sealed class MergeReader(IOptions<MergeOptions> merging)
{
    /// <summary>Reads the field, or takes the server's default; a fault leaves no merging.</summary>
    internal MergeSpec Read(TextOr<MergeChoice>? asked, MergeShape shape, RequestFaults faults)
    {
        if (faults.Has("merge"))
        {
            return MergeSpec.None;
        }

        try
        {
            MergeSpec spec = asked switch
            {
                { Text: { } text } => MergeSpec.Parse(text),
                { Value: { } m } => TokenMergers.Resolve(m.Method, m.Profile, m.Ratio, m.ImageTokens, shape),
                _ => MergeSpec.Parse(merging.Value.Default),
            };
            if (!merging.Value.Allows(spec.Method))
            {
                faults.Add("merge", $"expected a method that this server allows ({merging.Value.AllowedText}), found {spec.Method}.");
            }

            return spec;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            faults.Add("merge", wrong.Message);
            return MergeSpec.None;
        }
    }
}
