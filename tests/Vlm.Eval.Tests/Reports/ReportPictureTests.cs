using Vlm.Core.Imaging;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Reports;

namespace Vlm.Eval.Tests.Reports;

public sealed class ReportPictureTests
{
    private static readonly byte[] Wide = PngWriter.Write(new RgbImage(40, 20, new byte[40 * 20 * 3]));

    [Fact]
    public void DataUrl_NoSize_IsTheFileItself() =>
        Assert.Equal("data:image;base64," + Convert.ToBase64String(Wide), ReportPicture.DataUrl(new Picture("a", () => Wide), size: null));

    [Fact]
    public void DataUrl_Size_IsASquareOfThatSize()
    {
        string url = ReportPicture.DataUrl(new Picture("a", () => Wide), size: 16)!;

        RgbImage shown = ImageDecoder.Decode(Convert.FromBase64String(url["data:image;base64,".Length..]), new ImageLimits(), applyExif: false);
        Assert.Equal((16, 16), (shown.Width, shown.Height));
    }

    [Fact]
    public void DataUrl_NoPicture_IsNull()
    {
        Assert.Null(ReportPicture.DataUrl(null, size: 16));
        Assert.Null(ReportPicture.DataUrl(Picture.File("/nowhere", "a.png"), size: 16));
    }
}
