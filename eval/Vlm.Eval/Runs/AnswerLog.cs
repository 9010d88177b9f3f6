using System.Text;
using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>
/// Append-only answers of a run, each flushed as it comes. After an end at any moment, opening it again drops a torn last line and knows every
/// answer before it. One process at a time; safe for use by many threads.
/// </summary>
internal sealed class AnswerLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _stream;
    private readonly Dictionary<string, long> _done = [];

    private AnswerLog(FileStream stream) => _stream = stream;

    /// <summary>Ids of the answers that are there.</summary>
    public IReadOnlyCollection<string> Done => _done.Keys;

    /// <summary>Opens or creates a log.</summary>
    /// <exception cref="InvalidDataException">A line before the last is damaged or there twice.</exception>
    /// <exception cref="IOException">Another process has it open.</exception>
    public static AnswerLog Open(string path)
    {
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); // one process at a time
        try
        {
            AnswerLog log = new(stream);
            log.DropTornLine();
            log.Load(path);
            stream.Seek(0, SeekOrigin.End);
            return log;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds an answer and hands it to the operating system.</summary>
    public void Append(string answerId, string line)
    {
        lock (_lock)
        {
            _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _stream.Flush();
            _done.Add(answerId, 0);
        }
    }

    public void Dispose() => _stream.Dispose();

    private void DropTornLine()
    {
        long end = _stream.Length;
        while (end > 0)
        {
            _stream.Position = end - 1;
            if (_stream.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        _stream.SetLength(end);
    }

    private void Load(string path)
    {
        _stream.Position = 0;
        foreach (JsonRecord record in JsonRecords.Lines(path, _stream))
        {
            (string id, long position) = AnswerLine.Read(record);
            if (!_done.TryAdd(id, position))
            {
                throw record.Error("answer_id", "each once", $"{id} twice");
            }
        }
    }
}
