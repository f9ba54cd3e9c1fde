using System.Security.Cryptography;
using System.Text;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>What all worlds of a run came to, added up in the order of their seeds.</summary>
internal sealed class Summary : IDisposable
{
    private const int MostRemembered = 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<WorldResult> _red = [];

    public Totals Totals { get; } = new();

    public int Worlds { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public long Steps { get; private set; }

    /// <summary>The first worlds in which the engine is to blame for something.</summary>
    public IReadOnlyList<WorldResult> Red => _red;

    /// <summary>The hash of all worlds' traces.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Add(WorldResult result)
    {
        Totals.Add(result.Totals);
        Worlds++;
        Elapsed += result.Elapsed;
        Steps += result.Steps;
        _hash.AppendData(Encoding.ASCII.GetBytes(result.Hash));
        if (result.Violations.Count > 0 && _red.Count < MostRemembered)
        {
            _red.Add(result);
        }
    }

    public void Dispose() => _hash.Dispose();
}
