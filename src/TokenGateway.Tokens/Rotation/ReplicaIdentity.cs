namespace TokenGateway.Tokens.Rotation;

/// <summary>Who holds a lease and who rotated, for people: the machine's name and this boot of the process.</summary>
internal sealed record ReplicaIdentity(string Host, string BootId)
{
    public static ReplicaIdentity Create(RandomSource random) => new(Environment.MachineName, random.NextId()[..8]);

    public override string ToString() => $"{Host}/{BootId}";
}
