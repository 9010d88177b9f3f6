using System.Diagnostics;
using Vlm.Core.Imaging;
using Vlm.Eval.Benchmarks;

namespace Vlm.Eval.Runs;

/// <summary>A picture as the vision tower takes it.</summary>
/// <param name="Pixels">The tower's input.</param>
/// <param name="Time">What reading, decoding and resizing took.</param>
internal sealed record PreparedPicture(PixelValues Pixels, TimeSpan Time);

/// <summary>The pictures asked for last: several questions and settings share what is read, decoded and resized once. Safe for use by many threads.</summary>
/// <param name="capacity">Most pictures kept.</param>
/// <param name="load">Reads one.</param>
internal sealed class PreparedPictures(int capacity, Func<Picture, AskSettings, Task<PixelValues>> load)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, AskSettings Settings), Task<PreparedPicture>> _kept = [];
    private readonly Queue<(string Name, AskSettings Settings)> _oldest = [];

    /// <summary>The picture, or the one that is being made.</summary>
    public Task<PreparedPicture> GetAsync(Picture picture, AskSettings settings)
    {
        lock (_lock)
        {
            if (!_kept.TryGetValue((picture.Name, settings), out Task<PreparedPicture>? prepared))
            {
                _kept.Add((picture.Name, settings), prepared = Task.Run(() => PrepareAsync(picture, settings)));
                _oldest.Enqueue((picture.Name, settings));
            }

            if (_oldest.Count > capacity)
            {
                _kept.Remove(_oldest.Dequeue());
            }

            return prepared;
        }
    }

    private async Task<PreparedPicture> PrepareAsync(Picture picture, AskSettings settings)
    {
        long start = Stopwatch.GetTimestamp();
        PixelValues pixels = await load(picture, settings).ConfigureAwait(false);
        return new PreparedPicture(pixels, Stopwatch.GetElapsedTime(start));
    }
}
