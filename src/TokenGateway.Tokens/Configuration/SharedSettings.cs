namespace TokenGateway.Tokens.Configuration;

/// <summary>Credentials of one provider are alike: what is equal in their settings is held once. An address alone takes a third of a kilobyte.</summary>
internal sealed class SharedSettings
{
    private readonly HashSet<object> _known = [];

    public CredentialSettings Of(CredentialSettings credential) => credential with
    {
        TokenEndpoint = Of(credential.TokenEndpoint),
        ValidateEndpoint = credential.ValidateEndpoint is { } validate ? Of(validate) : null,
        Validation = Of(credential.Validation),
        Login = Of(credential.Login),
        Delivery = Of(credential.Delivery),
    };

    private T Of<T>(T value)
        where T : class
    {
        if (_known.TryGetValue(value, out var known))
        {
            return (T)known;
        }

        _known.Add(value);
        return value;
    }
}
