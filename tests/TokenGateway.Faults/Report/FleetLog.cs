namespace TokenGateway.Faults.Report;

/// <summary>The log as one fleet writes it.</summary>
internal sealed class FleetLog(RunLog log, string fleet)
{
    public void Write(string text) => log.Write(fleet, text);

    public IReadOnlyList<string> Newest(int count) => log.Newest(fleet, count);
}
