namespace Vlm.Core.Imaging;

/// <summary>How a picture becomes a square.</summary>
public enum ImageGeometry
{
    /// <summary>As the checkpoint's configuration says.</summary>
    Auto,

    /// <summary>A square of the mean colour around it, then resized (original LLaVA-1.5).</summary>
    Pad,

    /// <summary>Short side resized, then the centre (Hugging Face).</summary>
    Crop,
}
