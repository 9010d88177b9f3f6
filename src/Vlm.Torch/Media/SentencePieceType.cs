namespace Vlm.Torch.Media;

/// <summary>What a piece is; values of <c>sentencepiece_model.proto</c> (google/sentencepiece).</summary>
public enum SentencePieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
