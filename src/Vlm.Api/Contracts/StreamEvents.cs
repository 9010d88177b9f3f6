namespace Vlm.Api.Contracts;

/// <summary>Data of an <c>event: token</c>: a piece of the answer, never half a character.</summary>
/// <param name="Text">The piece; all pieces together are the answer.</param>
public sealed record TokenPiece(string Text);
