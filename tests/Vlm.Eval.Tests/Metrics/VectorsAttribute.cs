using System.Reflection;
using System.Text.Json;
using Xunit.Sdk;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Runs a theory with every vector of a section of <c>../shared/spec</c>, or with the whole section where it is one object.</summary>
/// <param name="file">Its name.</param>
/// <param name="section">Its name in the file.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class VectorsAttribute(string file, string section) : DataAttribute
{
    public string File { get; } = file;

    public string Section { get; } = section;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        JsonElement vectors = SpecVectors.Load(File, Section);
        return vectors.ValueKind == JsonValueKind.Array ? vectors.EnumerateArray().Select(row => new object[] { row }) : [[vectors]];
    }
}
