using System.Diagnostics.CodeAnalysis;

namespace Vlm.Api.Requests;

/// <summary>The names that one request gives to pictures, and those that it asks for.</summary>
/// <param name="store">Pictures named before.</param>
/// <param name="tenant">Whose request it is.</param>
/// <param name="faults">Takes what is wrong.</param>
internal sealed class PictureNames(NamedPictures store, string tenant, RequestFaults faults)
{
    /// <summary>What a name may be.</summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public const string Pattern = "^[A-Za-z0-9._:-]{1,128}$";

    private readonly Dictionary<string, byte[]> _given = [];

    /// <summary>The picture of a name; empty after a fault.</summary>
    public byte[] Find(string id, string path)
    {
        if ((_given.GetValueOrDefault(id) ?? store.Find(tenant, id)) is { } file)
        {
            return file;
        }

        if (!faults.Has(path))
        {
            faults.Add(
                path,
                $"expected the name of a picture sent before, found '{JsonScalars.Short(id)}', unknown or gone by now; send the picture again.",
                FaultKind.Unknown);
        }

        return [];
    }

    /// <summary>Names a picture; a name means one picture as long as it is known.</summary>
    /// <returns>The picture.</returns>
    public byte[] Give(string? id, byte[] file, string path)
    {
        if (id is null || file.Length == 0)
        {
            return file;
        }

        byte[]? known = _given.GetValueOrDefault(id) ?? store.Find(tenant, id);
        if (known is null || known.AsSpan().SequenceEqual(file))
        {
            _given[id] = file;
        }
        else if (!faults.Has(path))
        {
            faults.Add(path, $"expected the picture that '{JsonScalars.Short(id)}' names already, found another one; take another name.");
        }

        return file;
    }

    /// <summary>Keeps the pictures for later requests, once they have turned out to be some.</summary>
    public void Keep()
    {
        foreach ((string id, byte[] file) in _given)
        {
            store.Keep(tenant, id, file);
        }
    }
}
