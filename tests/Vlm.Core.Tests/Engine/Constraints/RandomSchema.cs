namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Schemas and values at random, of few names and small values, so that they often meet.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Names = ["a", "b", "c"];

    /// <summary>Values that scalar schemas of this generator tell apart.</summary>
    public static IReadOnlyList<string> Scalars { get; } =
    [
        "null", "true", "false", "\"\"", "\"a\"", "\"ab\"", "\"abc\"", "\"b-1\"", "\"é🙂\"", "\"2024-02-29\"", "\"2023-02-29\"",
        .. Enumerable.Range(-12, 25).Select(value => $"{value}"), "0.5", "-0.25", "2.75", "9.99",
    ];

    /// <summary>A schema of scalars, with its type.</summary>
    public string Scalar() => Object(ScalarMembers());

    /// <summary>A schema of objects or arrays of scalars, as one or as allOf.</summary>
    public string Structure(int depth)
    {
        var own = random.Next(4) == 0 ? ArrayMembers(depth) : ObjectMembers(depth);
        return random.Next(5) switch
        {
            0 => Object([.. ObjectMembers(depth), $"\"allOf\": [{Object(ObjectMembers(depth))}, {Object(ObjectMembers(depth))}]"]),
            1 => Object([.. own, "\"nullable\": true"]),
            2 => Object([.. ObjectMembers(depth), $"\"anyOf\": [{Object(ObjectMembers(depth))}, {Object(ObjectMembers(depth))}]"]),
            3 => Object([.. ObjectMembers(depth), "\"$ref\": \"#/$defs/base\""]),
            _ => Object(own),
        };
    }

    /// <summary>The schema as a document, with what its references mean.</summary>
    public string Document(int depth) => $"{Structure(depth)[..^1]}, \"$defs\": {{\"base\": {Object(ObjectMembers(0))}}}}}";

    /// <summary>An object of these names in their order, or some of them.</summary>
    public string Value()
    {
        var members = Names.Where(_ => random.Next(3) > 0).Select(name => $"\"{name}\":{Scalars[random.Next(Scalars.Count)]}");
        return "{" + string.Join(',', members) + "}";
    }

    private static string Object(IEnumerable<string> members) => "{" + string.Join(", ", members) + "}";

    private List<string> ScalarMembers()
    {
        string[] all = random.Next(4) switch
        {
            0 => ["\"type\": \"integer\"", $"\"minimum\": {random.Next(-9, 5)}", $"\"exclusiveMaximum\": {random.Next(6, 12)}", $"\"multipleOf\": {random.Next(1, 4)}"],
            1 => ["\"type\": [\"number\", \"null\"]", $"\"exclusiveMinimum\": {random.Next(-99, 50) / 10.0}", $"\"maximum\": {random.Next(6, 12)}.5", "\"multipleOf\": 0.25"],
            2 => ["\"type\": \"string\"", $"\"minLength\": {random.Next(3)}", $"\"maxLength\": {random.Next(3, 12)}", "\"pattern\": \"[ab0]\"", "\"format\": \"date\""],
            _ => ["\"type\": [\"string\", \"integer\", \"boolean\"]", "\"enum\": [\"a\", 3, true, null, 2.75]"],
        };
        return all.Where((_, i) => i == 0 || random.Next(2) == 0).Concat(random.Next(5) == 0 ? ["\"nullable\": true"] : []).ToList();
    }

    private List<string> ObjectMembers(int depth)
    {
        string[] names = [.. Names.Where(_ => random.Next(3) > 0)];
        List<string> members = ["\"type\": \"object\"", $"\"properties\": {Object(names.Select(name => $"\"{name}\": {Inner(depth)}"))}"];
        members.AddRange(random.Next(2) == 0 ? [$"\"required\": [{string.Join(',', Names.Where(_ => random.Next(4) == 0).Select(name => $"\"{name}\""))}]"] : []);
        members.AddRange(random.Next(6) == 0 ? ["\"additionalProperties\": false"] : random.Next(6) == 0 ? [$"\"additionalProperties\": {Scalar()}"] : []);
        return members;
    }

    private List<string> ArrayMembers(int depth) =>
        ["\"type\": \"array\"", $"\"items\": {Inner(depth)}", $"\"minItems\": {random.Next(3)}", $"\"maxItems\": {random.Next(3, 5)}"];

    private string Inner(int depth) => depth > 0 && random.Next(3) == 0 ? Structure(depth - 1) : Scalar();
}
