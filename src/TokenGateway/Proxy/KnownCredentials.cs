namespace TokenGateway.Proxy;

/// <summary>The credentials that a route may name. They are read at start; a route that names a new one needs a restart.</summary>
internal sealed class KnownCredentials(IReadOnlyCollection<string> names)
{
    public bool Contains(string name) => names.Contains(name, StringComparer.Ordinal);

    public override string ToString() => names.Count == 0 ? "none" : string.Join(", ", names.Order(StringComparer.Ordinal));
}
