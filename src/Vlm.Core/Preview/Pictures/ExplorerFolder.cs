using System.Globalization;
using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Imaging;
using Vlm.Core.Weights;

namespace Vlm.Core.Preview.Pictures;

/// <summary>
/// Everything that can be seen of some methods on one picture, as files: <c>index.html</c>, which holds everything,
/// <c>sheet.svg</c>, <c>previews.json</c> and a folder per method with <c>overlay.svg</c>, <c>strip.svg</c>,
/// <c>animation.svg</c>, and where it has them <c>sizes.svg</c> and <c>energy.svg</c>. The folder appears complete or not at all.
/// </summary>
public sealed class ExplorerFolder : IDisposable
{
    private readonly StagingFolder _staging;

    private ExplorerFolder(StagingFolder staging) => _staging = staging;

    /// <summary>Prepares a folder.</summary>
    /// <exception cref="InvalidDataException">It exists and has content.</exception>
    public static ExplorerFolder Create(string folder) => new(StagingFolder.Create(folder));

    /// <summary>Writes the files and gives the folder its name.</summary>
    /// <param name="name">Name of the picture.</param>
    /// <param name="square">What the vision tower sees.</param>
    /// <param name="previews">One or more methods on that picture.</param>
    /// <param name="layer">Layer of overlays and sheet.</param>
    public void Write(string name, RgbImage square, IReadOnlyList<MergePreview> previews, int layer)
    {
        SquarePicture picture = new(square, previews[0].Grid);
        foreach ((int index, MergePreview preview) in previews.Index())
        {
            string own = Directory.CreateDirectory(Path.Combine(_staging.Path, FolderName(previews, index))).FullName;
            WriteMethod(own, picture, preview, layer);
        }

        Drawing sheet = Drawing.Rows([.. previews.Select(preview => new MethodPictures(picture, preview).SheetEntry(layer))], 2);
        File.WriteAllText(Path.Combine(_staging.Path, "sheet.svg"), sheet.ToFile(picture));
        File.WriteAllText(Path.Combine(_staging.Path, "index.html"), ExplorerPage.Write(name, picture, previews, sheet));
        File.WriteAllText(Path.Combine(_staging.Path, "previews.json"), JsonSerializer.Serialize(previews, ChatJson.Options));
        _staging.Commit();
    }

    /// <summary>Leaves nothing behind unless it was written.</summary>
    public void Dispose() => _staging.Dispose();

    private static void WriteMethod(string folder, SquarePicture picture, MergePreview preview, int layer)
    {
        MethodPictures method = new(picture, preview);
        Save("overlay", method.Overlay(layer));
        Save("strip", method.Strip());
        Save("sizes", method.SizeMaps());
        Save("energy", method.EnergyMaps());
        Save("animation", method.Animation());

        void Save(string name, Drawing? drawing)
        {
            if (drawing is not null)
            {
                File.WriteAllText(Path.Combine(folder, name + ".svg"), drawing.ToFile(picture));
            }
        }
    }

    // The ratio only where the method appears twice: a ratio found from a budget has up to 17 digits.
    private static string FolderName(IReadOnlyList<MergePreview> previews, int index)
    {
        MergePreview own = previews[index];
        string name = own.Profile is null ? own.Method : $"{own.Method}-{own.Profile}";
        return previews.Count(other => other.Method == own.Method && other.Profile == own.Profile) == 1
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"{name}-{own.Ratio}-{index}");
    }
}
