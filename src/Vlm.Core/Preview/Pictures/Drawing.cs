using System.Globalization;
using System.Net;

namespace Vlm.Core.Preview.Pictures;

/// <summary>A piece of SVG that refers to the picture by name; its owner says where the picture is defined.</summary>
/// <param name="Width">Units.</param>
/// <param name="Height">Units.</param>
/// <param name="Body">Markup from the origin on.</param>
internal sealed record Drawing(double Width, double Height, string Body)
{
    /// <summary>Units between tiles.</summary>
    public const double Gap = 12;

    /// <summary>Units of a line of text.</summary>
    public const double Line = 18;

    private const double TitleCharacter = 8.5;

    /// <summary>For a page that defines the picture itself.</summary>
    public string ToInline() => Svg("");

    /// <summary>For a file of its own.</summary>
    public string ToFile(SquarePicture picture) =>
        Svg($"""<rect width="100%" height="100%" fill="#fff"/>{picture.Definition}""");

    /// <summary>A tile of one unit per patch, drawn large, with its caption below.</summary>
    /// <param name="grid">Patches per side.</param>
    /// <param name="side">Units.</param>
    /// <param name="body">Markup, one unit per patch.</param>
    /// <param name="caption">Plain text.</param>
    public static Drawing Tile(int grid, double side, string body, string caption) => new(side, side + Line, Text(
        $"""<g transform="scale({side / grid:0.####})">{body}</g><text x="0" y="{side + 13:0.##}">{WebUtility.HtmlEncode(caption)}</text>"""));

    /// <summary>Drawings row by row, under a title.</summary>
    public static Drawing Rows(IReadOnlyList<Drawing> drawings, int columns, string title = "")
    {
        double top = title.Length > 0 ? Line + 4 : 0;
        double width = drawings.Max(d => d.Width), height = drawings.Max(d => d.Height);
        IEnumerable<string> placed = drawings.Select((drawing, i) => Text(
            $"""<g transform="translate({i % columns * (width + Gap):0.##},{top + (i / columns * (height + Gap)):0.##})">{drawing.Body}</g>"""));
        int rows = (drawings.Count + columns - 1) / columns;
        string heading = title.Length > 0 ? $"""<text class="title" x="0" y="15">{WebUtility.HtmlEncode(title)}</text>""" : "";
        return new(
            Math.Max((Math.Min(columns, drawings.Count) * (width + Gap)) - Gap, title.Length * TitleCharacter),
            top + (rows * (height + Gap)) - Gap,
            heading + string.Concat(placed));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Svg(string before) => Text(
        $$"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 {{Width + 12:0.##}} {{Height + 12:0.##}}" width="{{Width + 12:0}}" height="{{Height + 12:0}}"><style>text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:14px}</style>{{before}}{{Body}}</svg>""");
}
