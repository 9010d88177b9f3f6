namespace Vlm.Core.Engine;

/// <summary>What callers hand to the engine thread.</summary>
internal interface IArrival
{
    /// <summary>Joins the engine's work; on the engine thread.</summary>
    void Enter(EngineCore core);

    /// <summary>Ends it with an error, unless it has ended.</summary>
    void Fail(Exception error);
}
