using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vlm.Testing;
using YamlDotNet.Serialization;

namespace Vlm.Api.Tests.Deploy;

/// <summary>The Helm chart as far as it can be checked without Helm, which no registry here has.</summary>
public sealed partial class ChartTests
{
    private static readonly string Folder = Path.Combine(Golden.Root, "deploy", "helm", "vlm");
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly string[] Labels = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

    [Theory]
    [InlineData(false, "Deployment,NetworkPolicy,PodDisruptionBudget,Service")]
    [InlineData(true, "Deployment,HorizontalPodAutoscaler,NetworkPolicy,PodDisruptionBudget,Service")]
    public void Templates_Rendered_AreManifestsThatFitTogether(bool isFull, string kinds)
    {
        var manifests = Render(isFull);

        Assert.Equal(kinds, string.Join(',', manifests.Keys.Order(StringComparer.Ordinal)));
        JsonNode pod = manifests["Deployment"]["spec"]!["template"]!;
        string labels = pod["metadata"]!["labels"]!.ToJsonString();
        Assert.All(Labels, label => Assert.Contains(label, labels, StringComparison.Ordinal));
        Assert.Equal(labels, manifests["Deployment"]["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal(labels, manifests["Service"]["spec"]!["selector"]!.ToJsonString());
        Assert.Equal(labels, manifests["PodDisruptionBudget"]["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal(labels, manifests["NetworkPolicy"]["spec"]!["podSelector"]!["matchLabels"]!.ToJsonString());
        JsonNode container = pod["spec"]!["containers"]![0]!;
        string port = container["ports"]![0]!["name"]!.GetValue<string>();
        Assert.Equal(port, manifests["Service"]["spec"]!["ports"]![0]!["targetPort"]!.GetValue<string>());
        Assert.Equal(port, manifests["NetworkPolicy"]["spec"]!["ingress"]![0]!["ports"]![0]!["port"]!.GetValue<string>());
        Assert.Equal(isFull, container["envFrom"] is not null);
        Assert.Equal(!isFull, manifests["Deployment"]["spec"]!["replicas"] is not null);
    }

    [Fact]
    public void Deployment_Probes_AskRoutesThatThereAre()
    {
        JsonNode container = Render(isFull: true)["Deployment"]["spec"]!["template"]!["spec"]!["containers"]![0]!;

        Assert.EndsWith("/health/startup", container["startupProbe"]!["exec"]!["command"]![2]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.EndsWith("/health/ready", container["readinessProbe"]!["exec"]!["command"]![2]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("/health/live", container["livenessProbe"]!["httpGet"]!["path"]!.GetValue<string>());
    }

    [Fact]
    public void Deployment_Drain_EndsBeforeThePodIsKilled()
    {
        JsonNode pod = Render(isFull: false)["Deployment"]["spec"]!["template"]!["spec"]!;

        string drain = pod["containers"]![0]!["env"]![0]!["value"]!.GetValue<string>();
        Assert.InRange(
            pod["terminationGracePeriodSeconds"]!.GetValue<int>(), int.Parse(drain, CultureInfo.InvariantCulture) + 10, int.MaxValue);
    }

    [Fact]
    public async Task Autoscaler_Metric_IsOneOfTheServers()
    {
        await using ApiApplication app = new();
        string metrics = await (await app.ReadyClientAsync()).GetStringAsync("/metrics");

        JsonNode metric = Render(isFull: true)["HorizontalPodAutoscaler"]["spec"]!["metrics"]![0]!["pods"]!["metric"]!;

        Assert.Contains($"# TYPE {metric["name"]} gauge", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_AreExactlyThoseThatTemplatesAndSchemaKnow()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "values.schema.json")))!;
        string templates = string.Concat(Templates().Select(File.ReadAllText));
        string[] used = [.. ValuePath().Matches(templates).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(used, Leaves(Values(), "").Order(StringComparer.Ordinal));
        Assert.All(used, path => Assert.NotNull(path.Split('.').Aggregate((JsonNode?)schema, (at, name) => at?["properties"]?[name])));
    }

    private static Dictionary<string, JsonNode> Render(bool isFull)
    {
        Dictionary<object, object?> values = Values();
        if (isFull)
        {
            ((Dictionary<object, object?>)values["autoscaling"]!)["enabled"] = true;
            ((Dictionary<object, object?>)values["auth"]!)["existingSecret"] = "vlm-keys";
        }

        ChartTemplate chart = new(values, "test");
        return Templates().Select(file => chart.Render(File.ReadAllText(file))).Where(text => text.Trim().Length > 0)
            .Select(Parse).ToDictionary(manifest => manifest["kind"]!.GetValue<string>());
    }

    private static JsonNode Parse(string text) =>
        JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(Yaml.Deserialize<object>(text)))!;

    private static Dictionary<object, object?> Values() =>
        Yaml.Deserialize<Dictionary<object, object?>>(File.ReadAllText(Path.Combine(Folder, "values.yaml")));

    private static string[] Templates() => Directory.GetFiles(Path.Combine(Folder, "templates"), "*.yaml");

    /// <summary>The values that a template takes as a whole, or one by one.</summary>
    private static IEnumerable<string> Leaves(Dictionary<object, object?> values, string prefix) => values.SelectMany(v => v.Value switch
    {
        Dictionary<object, object?> { Count: > 0 } map when $"{prefix}{v.Key}" is not ("env" or "resources") => Leaves(map, $"{prefix}{v.Key}."),
        _ => [$"{prefix}{v.Key}"],
    });

    [GeneratedRegex(@"\.Values\.([A-Za-z.]+)")]
    private static partial Regex ValuePath();
}
