namespace Vlm.Client;

/// <summary>A token of an answer with its alternatives.</summary>
/// <param name="Chosen">The token.</param>
/// <param name="Top">The most likely tokens at its place, best first.</param>
public sealed record TokenScores(TokenScore Chosen, IReadOnlyList<TokenScore> Top);

/// <summary>A token and the natural logarithm of its probability.</summary>
public sealed record TokenScore(int Id, string Text, double Logprob);
