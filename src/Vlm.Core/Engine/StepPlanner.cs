namespace Vlm.Core.Engine;

/// <summary>How many pictures and how much of waiting prompts the next step takes, from what they cost before: all that the limits
/// allow while nobody is being answered, else about as much as fits into <paramref name="maxStall"/>, so that running answers stay
/// fluent on a slow machine and portions stay large on a fast one.</summary>
/// <param name="maxPromptTokens">Most prompt tokens of a step.</param>
/// <param name="maxPictures">Most pictures of a step.</param>
/// <param name="maxStall">Time that pictures and prompts together may hold up an answer in a step.</param>
/// <param name="clock">Measures.</param>
internal sealed class StepPlanner(int maxPromptTokens, int maxPictures, TimeSpan maxStall, TimeProvider clock)
{
    /// <summary>What a prompt gets in any case, so that it comes in although one token takes longer than the stall allowed.</summary>
    public const int MinPromptTokens = 16;

    private readonly UnitCost _promptToken = new();
    private readonly UnitCost _picture = new();
    private bool _isBounded;
    private TimeSpan _left;

    /// <summary>Pictures that may be encoded now; at least one.</summary>
    public int Pictures => Fitting(_picture, 1, maxPictures);

    /// <summary>Prompt tokens that may run now, after the pictures of this step; at least <see cref="MinPromptTokens"/>.</summary>
    public int PromptTokens => Fitting(_promptToken, Math.Min(MinPromptTokens, maxPromptTokens), maxPromptTokens);

    /// <summary>Begins a step.</summary>
    /// <param name="hasAnswers">Whether somebody waits for the next token of an answer.</param>
    public void Begin(bool hasAnswers) => (_isBounded, _left) = (hasAnswers, maxStall);

    /// <summary>Encodes pictures and notes what they cost.</summary>
    /// <returns>The time that it took.</returns>
    public TimeSpan Encode(int pictures, Action work) => Note(_picture, pictures, work);

    /// <summary>Runs the model and notes what its prompt tokens cost; a few of them beside many answers tell too little.</summary>
    public void Run(int promptTokens, Action work) => Note(_promptToken, promptTokens < MinPromptTokens ? 0 : promptTokens, work);

    private int Fitting(UnitCost cost, int least, int most) =>
        !_isBounded || cost.Seconds is not { } seconds ? most : (int)Math.Clamp(_left.TotalSeconds / seconds, least, most);

    private TimeSpan Note(UnitCost cost, int units, Action work)
    {
        var start = clock.GetTimestamp();
        work();
        var elapsed = clock.GetElapsedTime(start);
        _left -= elapsed;
        if (units > 0)
        {
            cost.Note(elapsed.TotalSeconds / units);
        }

        return elapsed;
    }

    /// <summary>Seconds per unit, where the latest measurements count most.</summary>
    private sealed class UnitCost
    {
        private const double NewShare = 0.25;

        /// <summary>Null before the first measurement.</summary>
        public double? Seconds { get; private set; }

        public void Note(double seconds) => Seconds = Seconds is { } known ? known + (NewShare * (seconds - known)) : seconds;
    }
}
