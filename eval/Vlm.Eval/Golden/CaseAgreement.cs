namespace Vlm.Eval.Golden;

/// <summary>How far one case stays with the reference.</summary>
/// <param name="Name">Place in the golden folder.</param>
/// <param name="Same">Ids before the first difference.</param>
/// <param name="Expected">Ids of the reference.</param>
public sealed record CaseAgreement(string Name, int Same, int Expected);
