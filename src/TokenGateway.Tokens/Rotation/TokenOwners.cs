using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Which credential a refresh token belongs to. One that another credential of the store or the journal holds or has spent must never be sent as a seed: two seeds may have been swapped,
/// or a credential renamed. Fingerprints are made under a key of each record's own, so that each record is asked. For all credentials of a process.
/// </summary>
internal sealed class TokenOwners(ITokenStore store, Journal journal, RecordCodec codec, TimeProvider time, Func<string, CredentialRecord?> inMemory)
{
    /// <summary>How long a list of names is used: a thousand credentials that are seeded at once do not each ask for it.</summary>
    private static readonly TimeSpan ListKept = TimeSpan.FromSeconds(5);

    private (IReadOnlyList<string> Names, long At)? _list;

    /// <summary>Why a token is refused, with both names.</summary>
    /// <param name="what">What it was to be.</param>
    /// <param name="credential">Whose.</param>
    /// <param name="owner">To whom it belongs.</param>
    /// <param name="remedy">What to do.</param>
    public static string Problem(string what, string credential, string owner, string remedy) =>
        $"The {what} of {credential} belongs to the credential {owner}, which holds it or has spent it, so it is not sent: {remedy}. "
        + $"Where {credential} is the new name of {owner}: TokenGateway:Credentials:{credential}:FormerName.";

    /// <summary>The name of another credential that holds this refresh token or has spent it; null where none does.</summary>
    /// <param name="credential">Whose seed it is to be.</param>
    /// <param name="former">The name that it had before; null where it had none.</param>
    /// <param name="refreshToken">The seed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async Task<string?> FindAsync(string credential, string? former, Secret refreshToken, CancellationToken cancellationToken)
    {
        foreach (var name in (await ListAsync(cancellationToken)).Union(journal.Credentials, StringComparer.Ordinal))
        {
            if (name != credential && name != former && await OwnsAsync(name, refreshToken, cancellationToken))
            {
                return name;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        if (_list is not { } known || time.GetElapsedTime(known.At) > ListKept)
        {
            _list = known = (await store.ListAsync(cancellationToken), time.GetTimestamp());
        }

        return known.Names;
    }

    private async Task<bool> OwnsAsync(string name, Secret refreshToken, CancellationToken cancellationToken)
    {
        if (inMemory(name) is { } known)
        {
            return known.HoldsOrHasSpent(refreshToken);
        }

        var stored = (await store.ReadAsync(name, cancellationToken)).Record;
        var journaled = journal.Find(name);
        return (stored is null ? journaled.Records : journaled.Records.Append(stored))
            .Concat(journaled.Answers.Select(answer => answer.InFlight))
            .Any(record => TryDecode(name, record)?.HoldsOrHasSpent(refreshToken) == true);
    }

    /// <summary>Null for what cannot be read, which says nothing of this token.</summary>
    private CredentialRecord? TryDecode(string name, StoredRecord record)
    {
        try
        {
            return codec.Decode(name, record);
        }
        catch (UnreadableRecordException)
        {
            return null;
        }
    }
}
