namespace TokenGateway.Tokens.Records;

/// <summary>Which of two records of a credential replaces the other. Only descent counts, never a clock.</summary>
internal static class Lineage
{
    /// <summary>
    /// True when <paramref name="candidate"/> came from <paramref name="current"/>: its ancestors name it; or, where the list has grown
    /// past it, it is a later generation of the same family.
    /// </summary>
    public static bool Descends(CredentialRecord candidate, CredentialRecord current) =>
        candidate.Id != current.Id
        && (candidate.Ancestors.Contains(current.Id, StringComparer.Ordinal)
            || (candidate.Ancestors.Count == CredentialRecord.MaxAncestors
                && candidate.Family == current.Family
                && candidate.Generation > current.Generation));

    /// <summary>True when neither came from the other: the lineage was torn apart, and only one side can go on.</summary>
    public static bool AreTorn(CredentialRecord one, CredentialRecord other) =>
        one.Id != other.Id && !Descends(one, other) && !Descends(other, one);

    /// <summary>
    /// True when <paramref name="one"/> knows that the refresh token of <paramref name="other"/> is spent: that one was begun on a store that had forgotten, by
    /// somebody who knew nothing of it.
    /// </summary>
    public static bool Refutes(CredentialRecord one, CredentialRecord other) =>
        AreTorn(one, other) && one.HasUsed(other.RefreshToken) && !other.HasUsed(one.RefreshToken);
}
