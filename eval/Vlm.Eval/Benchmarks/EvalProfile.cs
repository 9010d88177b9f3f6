namespace Vlm.Eval.Benchmarks;

/// <summary>Whose evaluation is followed; the two stacks' numbers are not interchangeable (benchmarks.md section 18).</summary>
public enum EvalProfile
{
    /// <summary>The LLaVA authors' scripts and files: published scores.</summary>
    Llava,

    /// <summary>lmms-eval: what the PiToMe project evaluates with.</summary>
    Lmms,
}

/// <summary>Profile names as on the command line.</summary>
public static class EvalProfiles
{
    /// <summary>The profile of a name.</summary>
    /// <exception cref="ArgumentException">No profile has this name.</exception>
    public static EvalProfile Parse(string name) => name switch
    {
        "llava" => EvalProfile.Llava,
        "lmms" => EvalProfile.Lmms,
        _ => throw new ArgumentException($"profile: expected llava or lmms, found '{name}'."),
    };

    public static string ToWire(this EvalProfile profile) => profile == EvalProfile.Llava ? "llava" : "lmms";
}
