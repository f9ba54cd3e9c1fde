using System.Globalization;

namespace TokenGateway.Faults.Report;

/// <summary>What the harness did and saw, in order: on disk, and the newest lines in memory for a failure's report. Thread safe.</summary>
internal sealed class RunLog(string folder) : IDisposable
{
    private const int Remembered = 400;

    private readonly Lock _gate = new();
    private readonly StreamWriter _file = new(Path.Combine(folder, "events.log"));
    private readonly Queue<string> _lines = new();

    public void Write(string fleet, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Clock.Now:HH:mm:ss.fff} {fleet,-10} {text}");
        lock (_gate)
        {
            _file.WriteLine(line);
            _file.Flush();
            _lines.Enqueue(line);
            if (_lines.Count > Remembered)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>The newest lines of one fleet, oldest first.</summary>
    public IReadOnlyList<string> Newest(string fleet, int count)
    {
        lock (_gate)
        {
            return [.. _lines.Where(line => line.Contains($" {fleet} ", StringComparison.Ordinal)).TakeLast(count)];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }
}
