using Vlm.Core.Imaging;
using Vlm.Eval.Benchmarks;

namespace Vlm.Eval.Reports;

/// <summary>Pictures of questions inside a page.</summary>
internal static class ReportPicture
{
    /// <summary>Largest file that is put into a page as it is, bytes.</summary>
    private const int LargestFile = 400_000;

    /// <summary>A data URL; null where the picture is not there or too large.</summary>
    /// <param name="picture">The picture, if the question has one.</param>
    /// <param name="size">Pixels per side, padded to a square; null takes the file as it is.</param>
    public static string? DataUrl(Picture? picture, int? size)
    {
        byte[]? file = picture is null || (picture.Path is { } path && !File.Exists(path)) ? null : picture.Read();
        byte[]? shown = size is null || file is null ? file : PngWriter.Write(Square(file, size.Value));
        return shown is null || shown.Length > LargestFile ? null : $"data:image;base64,{Convert.ToBase64String(shown)}";
    }

    private static RgbImage Square(byte[] file, int size) => new ClipImageProcessor(PreprocessorConfig.Default with { Size = size })
        .Resize(ImageDecoder.Decode(file, new ImageLimits(), applyExif: true), ImageGeometry.Pad);
}
