using TokenGateway.Tokens;

namespace TokenGateway.Commands.Doctor;

/// <summary>
/// Whether a folder can be written, or made where it is not there yet. Nothing is left behind: a file of another user, as root is,
/// would lock the gateway out.
/// </summary>
internal static class FolderProbe
{
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Check(string folder)
    {
        var existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
        using var probe = new FileStream(Path.Combine(existing, $".{RandomSource.System.NextId()}.probe"), options);
    }
}
