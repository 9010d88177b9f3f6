using System.Globalization;
using System.Text;

namespace Vlm.Core.Preview.Pictures;

/// <summary>Lines between patches of different tokens, where at least one of the two tokens holds several patches.</summary>
internal static class GroupOutline
{
    /// <summary>As SVG, one unit per patch; dark under light, so that it shows on any picture.</summary>
    /// <param name="grid">Patches per side.</param>
    /// <param name="owner">Token of each patch.</param>
    /// <param name="sizes">Patches of each token.</param>
    public static string ToSvg(int grid, IReadOnlyList<int> owner, IReadOnlyList<int> sizes)
    {
        StringBuilder path = new();
        for (int patch = 0; patch < owner.Count; patch++)
        {
            (int y, int x) = Math.DivRem(patch, grid);
            if (x + 1 < grid && Differ(patch, patch + 1))
            {
                path.Append(CultureInfo.InvariantCulture, $"M{x + 1} {y}v1");
            }

            if (y + 1 < grid && Differ(patch, patch + grid))
            {
                path.Append(CultureInfo.InvariantCulture, $"M{x} {y + 1}h1");
            }
        }

        return $"""<g clip-path="{SquarePicture.Clip}" fill="none" stroke-linecap="square"><path d="{path}" stroke="#000" stroke-opacity=".55" stroke-width=".2"/><path d="{path}" stroke="#fff" stroke-width=".08"/></g>""";

        bool Differ(int a, int b) => owner[a] != owner[b] && (IsGroup(owner[a]) || IsGroup(owner[b]));
        bool IsGroup(int token) => token < 0 || sizes[token] > 1;
    }
}
