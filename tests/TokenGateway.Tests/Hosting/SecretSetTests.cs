using TokenGateway.Testing;

namespace TokenGateway.Tests.Hosting;

public sealed class SecretSetTests
{
    /// <summary>No call shows it, so this looks at the source: not one comparison that ends at the first difference, and none that is left out after a match.</summary>
    [Fact]
    public void Every_key_is_compared_in_constant_time() =>
        Assert.Contains("found |= CryptographicOperations.FixedTimeEquals(known, hash);", RepositoryFile.Read("src/TokenGateway/Hosting/SecretSet.cs"), StringComparison.Ordinal);
}
