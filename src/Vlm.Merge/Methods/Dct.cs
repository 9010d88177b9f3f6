using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Fourier Transformer: Z. He and others, "Fourier Transformer: Fast Long Range Modeling by Removing Sequence Redundancy
/// with FFT Operator", 2023, arXiv 2305.15099, as PiToMe's authors ported it (merging.md section 8): low frequencies of
/// the patch sequence, rounded to half precision. Tokens become mixtures of all, so they have no owners.
/// </summary>
internal sealed class Dct : ITokenMerger
{
    private Dct(MergeProfileInfo info) => Info = info;

    /// <summary>The released port.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new Dct(new("released", "After even blocks; rounds to half precision.", TracksOwners: false)
        {
            Layers = LayerSelection.Even,
        }),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => 1 + CosineTransform.Kept(step.Tokens - 1, step.Spec.Ratio);

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        Tensor patches = CosineTransform.Resample(tokens.Hidden, tokens.Step.Tokens - tokens.Removed - 1);
        Tensor rounded = patches.to_type(ScalarType.Float16).to_type(patches.dtype);
        return new(cat([tokens.Hidden.narrow(1, 0, 1), rounded], 1), null, null);
    }
}
