namespace Vlm.Torch.Media;

/// <summary>libvips could not read a picture; the message is its first line.</summary>
public sealed class ImageCodecException(string message) : Exception(message);
