using Vlm.Torch.Media;

namespace Vlm.Core.Text;

/// <summary>Segments by the SentencePiece library, from <c>tokenizer.model</c>.</summary>
internal sealed class SentencePieceEncoder(SentencePieceModel model) : ISegmentEncoder, IDisposable
{
    public int[] Encode(string text, bool prefix) => model.Encode(text, prefix);

    public void Dispose() => model.Dispose();
}
