using System.Security.Cryptography;

namespace TokenGateway.Commands;

/// <summary><c>keygen</c>: a key for <c>TokenGateway:Encryption</c>.</summary>
internal static class KeygenCommand
{
    private const int KeyBytes = 32;

    public static int Run(CommandOutput output)
    {
        output.Out.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        return 0;
    }
}
