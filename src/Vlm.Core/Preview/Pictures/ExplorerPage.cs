using System.Globalization;
using System.Net;

namespace Vlm.Core.Preview.Pictures;

/// <summary>All drawings in one HTML file that loads nothing; the picture is in it once.</summary>
internal static class ExplorerPage
{
    private const string Template = "Vlm.Core.Preview.Pictures.explorer.html";

    /// <summary>The file's text.</summary>
    /// <param name="name">Of the picture file.</param>
    /// <param name="picture">What the tower sees.</param>
    /// <param name="previews">One or more methods on it.</param>
    /// <param name="sheet">The methods side by side.</param>
    public static string Write(string name, SquarePicture picture, IReadOnlyList<MergePreview> previews, Drawing sheet)
    {
        MethodPictures[] methods = [.. previews.Select(preview => new MethodPictures(picture, preview))];
        Dictionary<string, string> parts = new()
        {
            ["picture"] = picture.Definition,
            ["name"] = WebUtility.HtmlEncode(name),
            ["table"] = Table(previews),
            ["sheet"] = sheet.ToInline(),
            ["last"] = (previews[0].Layers.Count - 1).ToString(CultureInfo.InvariantCulture),
            ["animations"] = string.Concat(methods.Select(method => method.Animation().ToInline())),
            ["details"] = string.Concat(methods.Select(Details)),
        };
        return parts.Aggregate(ReadTemplate(), (page, part) => page.Replace($"{{{{{part.Key}}}}}", part.Value, StringComparison.Ordinal));
    }

    private static string Details(MethodPictures method)
    {
        IEnumerable<string> drawings = new[] { method.Strip(), method.SizeMaps(), method.EnergyMaps() }.OfType<Drawing>().Select(d => d.ToInline());
        return $"<details><summary>{WebUtility.HtmlEncode(method.Title)}</summary>{string.Concat(drawings)}</details>";
    }

    private static string Table(IReadOnlyList<MergePreview> previews)
    {
        IEnumerable<string> rows = previews.Select(preview => string.Create(
            CultureInfo.InvariantCulture,
            $"<tr><td>{preview.Method}</td><td>{preview.Profile}</td><td class=n>{preview.Ratio:0.####}</td><td class=n>{preview.Tokens}</td><td class=n>{preview.Sizes?.Max()}</td><td class=n>{preview.Timings.EncodeMs:0.0}</td></tr>"));
        return "<table><tr><th>method<th>profile<th class=n>ratio<th class=n>tokens<th class=n>largest token<th class=n>encode, ms</tr>"
            + string.Concat(rows) + "</table>";
    }

    private static string ReadTemplate()
    {
        using StreamReader reader = new(typeof(ExplorerPage).Assembly.GetManifestResourceStream(Template)!);
        return reader.ReadToEnd();
    }
}
