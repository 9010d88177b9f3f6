namespace Vlm.Merge;

/// <summary>One method under one profile: when it reduces and how. Stateless; tokens are counted with the class token.</summary>
internal interface ITokenMerger
{
    /// <summary>Name, description and needs of the profile.</summary>
    MergeProfileInfo Info { get; }

    /// <summary>Tokens that leave a layer which <paramref name="tokens"/> enter; equal where the layer does not reduce.</summary>
    int TokensAfter(int layer, int tokens, double ratio, MergeShape shape);
}
