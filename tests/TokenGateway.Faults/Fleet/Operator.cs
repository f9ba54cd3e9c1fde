using System.Collections.Concurrent;

namespace TokenGateway.Faults.Fleet;

/// <summary>Stands in for the person who logs in again when a family is lost: issues a seed, and writes it into the credential's seed file.</summary>
internal sealed class Operator(GatewayFleet fleet)
{
    private readonly ConcurrentDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _credentials = new(StringComparer.Ordinal);

    /// <summary>The first seed of a credential.</summary>
    public void Seed(string credential, string file)
    {
        _files[credential] = file;
        Reseed(credential);
    }

    /// <summary>A new family for a credential.</summary>
    public void Reseed(string credential)
    {
        var seed = fleet.Simulator.IssueSeed();
        _credentials[seed.Family] = credential;
        _families[credential] = seed.Family;
        fleet.Ledger.Seeded(credential, seed.Family, seed.RefreshToken);
        File.WriteAllText(_files[credential], seed.RefreshToken + "\n");
    }

    /// <summary>The family of the seed that the credential was given last.</summary>
    public string FamilyOf(string credential) => _families[credential];

    /// <summary>Whose family it is; null where it is none of this fleet's.</summary>
    public string? CredentialOf(string family) => _credentials.GetValueOrDefault(family);

    public IReadOnlyList<string> Credentials => [.. _files.Keys];
}
