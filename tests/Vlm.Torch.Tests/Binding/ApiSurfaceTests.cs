using Vlm.Testing;

namespace Vlm.Torch.Tests.Binding;

/// <summary>The binding must be replaceable by the TorchSharp package: names, order, types and defaults are its.</summary>
public class ApiSurfaceTests
{
    private static readonly string Approved =
        Path.Combine(Golden.Root, "tests", "Vlm.Torch.Tests", "Fixtures", "torchsharp-surface.txt");

    [SkippableFact]
    public void Binding_ComparedWithTorchSharp_HasNothingElse()
    {
        string path = Golden.Spec("torchsharp-0.106-api.txt");
        Dictionary<string, HashSet<string>> listing = ApiListing.Read(path);
        string text = File.ReadAllText(path);
        List<string> differences = [];
        foreach ((string heading, SortedSet<string> members) in ApiListing.OfBinding())
        {
            if (listing.TryGetValue(heading, out HashSet<string>? known))
            {
                differences.AddRange(members.Where(member => !IsKnown(known, member)).Select(member => $"{heading}: {member}"));
            }
            else if (!IsNamed(text, heading))
            {
                differences.Add(heading);
            }
        }

        Assert.True(differences.Count == 0, "Not in TorchSharp 0.106:\n" + string.Join('\n', differences));
    }

    [Fact]
    public void Binding_ComparedWithApprovedSurface_IsUnchanged()
    {
        string actual = string.Concat(ApiListing.OfBinding().Select(type =>
            $"{type.Key}\n{string.Concat(type.Value.Select(member => member + "\n"))}\n"));
        if (Environment.GetEnvironmentVariable("VLM_APPROVE") == "1")
        {
            File.WriteAllText(Approved, actual);
        }

        Assert.True(File.ReadAllText(Approved) == actual,
            "The surface of the binding changed. Check it against TorchSharp, then run this test with VLM_APPROVE=1.");
    }

    // A property may have fewer accessors than TorchSharp's.
    private static bool IsKnown(HashSet<string> known, string member) => known.Contains(member)
        || known.Contains(member.Replace("{ get; }", "{ get; set; }", StringComparison.Ordinal))
        || known.Contains(member.Replace("{ set; }", "{ get; set; }", StringComparison.Ordinal));

    // The listing uses some types without listing them: the bases of optimizers, rounding modes, data accessors.
    private static bool IsNamed(string text, string heading)
    {
        string name = heading.Split(' ')[^1].Split('`')[0];
        name = name.Replace("TorchSharp.Utils.", "", StringComparison.Ordinal);
        return text.Contains(name + " ", StringComparison.Ordinal) || text.Contains(name + "<", StringComparison.Ordinal);
    }
}
