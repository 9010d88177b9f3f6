using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Vlm.Api.Tests.Deploy;

/// <summary>The part of Helm's template language that our chart keeps to; anything else fails. Not Helm: it shows that the templates give
/// YAML of the right shape for given values, not that Helm itself takes the chart.</summary>
/// <param name="values">The values.</param>
/// <param name="release">Name of the release.</param>
internal sealed partial class ChartTemplate(Dictionary<object, object?> values, string release)
{
    private static readonly ISerializer Yaml = new SerializerBuilder().WithQuotingNecessaryStrings().Build();

    /// <summary>Renders a template.</summary>
    public string Render(string template)
    {
        StringBuilder text = new();
        Render(new Queue<string>(template.TrimEnd().Split('\n')), text, isShown: true, []);
        return text.ToString();
    }

    /// <summary>A value by its path; fails for one that there is not.</summary>
    public object? Value(string path) => path.Split('.').Aggregate((object?)values, (at, name) =>
        at is Dictionary<object, object?> map && map.TryGetValue(name, out object? found) ? found : throw new KeyNotFoundException($".Values.{path}"));

    private void Render(Queue<string> lines, StringBuilder text, bool isShown, Dictionary<string, object?> variables)
    {
        while (lines.TryDequeue(out string? line))
        {
            if (line == "{{- end }}")
            {
                return;
            }

            if (Condition().Match(line) is { Success: true } condition)
            {
                bool holds = IsTrue(Value(condition.Groups["path"].Value)) != condition.Groups["not"].Success;
                Render(lines, text, isShown && holds, variables);
            }
            else if (Range().Match(line) is { Success: true } range)
            {
                RenderRange(lines, text, isShown, range);
            }
            else if (isShown)
            {
                text.Append(Line(line, variables)).Append('\n');
            }
        }
    }

    private void RenderRange(Queue<string> lines, StringBuilder text, bool isShown, Match range)
    {
        string[] body = [.. lines.TakeWhile(l => l != "{{- end }}"), "{{- end }}"];
        foreach ((object name, object? value) in (Dictionary<object, object?>)Value(range.Groups["path"].Value)!)
        {
            Render(new(body), text, isShown, new() { [range.Groups["key"].Value] = name, [range.Groups["value"].Value] = value });
        }

        for (int i = 0; i < body.Length; i++)
        {
            lines.Dequeue();
        }
    }

    private string Line(string line, Dictionary<string, object?> variables)
    {
        if (Block().Match(line) is { Success: true } block)
        {
            string indent = new(' ', int.Parse(block.Groups["indent"].Value, System.Globalization.CultureInfo.InvariantCulture));
            return string.Join('\n', Yaml.Serialize(Value(block.Groups["path"].Value)).TrimEnd().Split('\n').Select(l => indent + l));
        }

        string filled = Inline().Replace(line, m =>
        {
            string name = m.Groups["name"].Value;
            object? found = name == ".Release.Name" ? release : name[0] == '$' ? variables[name] : Value(name[".Values.".Length..]);
            return m.Groups["quote"].Success ? $"\"{found}\"" : $"{found}";
        });
        return filled.Contains("{{", StringComparison.Ordinal) ? throw new FormatException($"template: expected what this renderer knows, found {line}") : filled;
    }

    private static bool IsTrue(object? value) => value is true or string { Length: > 0 } and not "false" or System.Collections.ICollection { Count: > 0 };

    [GeneratedRegex(@"^\{\{- if (?<not>not )?\.Values\.(?<path>[A-Za-z.]+) \}\}$")]
    private static partial Regex Condition();

    [GeneratedRegex(@"^\{\{- range (?<key>\$[a-z]+), (?<value>\$[a-z]+) := \.Values\.(?<path>[A-Za-z.]+) \}\}$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^ +\{\{- toYaml \.Values\.(?<path>[A-Za-z.]+) \| nindent (?<indent>\d+) \}\}$")]
    private static partial Regex Block();

    [GeneratedRegex(@"\{\{ (?<name>\.Release\.Name|\.Values\.[A-Za-z.]+|\$[a-z]+)(?<quote> \| quote)? \}\}")]
    private static partial Regex Inline();
}
