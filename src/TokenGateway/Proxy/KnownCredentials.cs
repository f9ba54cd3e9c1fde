using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Proxy;

/// <summary>The credentials that a route may name: those of the moment, since a changed configuration brings its credentials before its routes.</summary>
internal sealed class KnownCredentials(Func<IReadOnlyCollection<string>> names)
{
    public bool Contains(string name) => names().Contains(name, StringComparer.Ordinal);

    /// <summary>What was probably meant, as the end of a sentence.</summary>
    public string Hint(string? name) => Spelling.Nearest(name ?? "", names()) is { } near ? $"; did you mean '{near}'?" : ".";

    public override string ToString() => names().Count == 0 ? "none" : string.Join(", ", names().Order(StringComparer.Ordinal));
}
