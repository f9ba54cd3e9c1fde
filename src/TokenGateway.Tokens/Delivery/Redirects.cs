namespace TokenGateway.Tokens.Delivery;

/// <summary>
/// Keeps a token in a header of its own from going where a redirect points: the framework takes only <c>Authorization</c> out there.
/// </summary>
internal static class Redirects
{
    /// <summary>The chain's last handler does not follow redirects from now on.</summary>
    /// <exception cref="InvalidOperationException">
    /// It has begun to send, and cannot be changed any more. Nothing must be sent in this header through it.
    /// </exception>
    public static void StopFollowing(HttpMessageHandler? handler, string header)
    {
        while (handler is DelegatingHandler delegating)
        {
            handler = delegating.InnerHandler;
        }

        try
        {
            switch (handler)
            {
                case SocketsHttpHandler { AllowAutoRedirect: true } sockets:
                    sockets.AllowAutoRedirect = false;
                    break;
                case HttpClientHandler { AllowAutoRedirect: true } client:
                    client.AllowAutoRedirect = false;
                    break;
            }
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException(
                $"The client follows redirects, and would send the token in the header {header} wherever they point: "
                + "set AllowAutoRedirect of its handler to false.",
                error);
        }
    }
}
