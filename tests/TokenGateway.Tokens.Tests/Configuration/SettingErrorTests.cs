using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

public sealed class SettingErrorTests
{
    private const string Plum = SettingsFixture.Plum;
    private const string NotADuration = "is not a duration; write hh:mm:ss, as in 00:00:30, 00:00:00.5, or 1.00:00:00 for a day";
    private const string Negative = "is negative; a duration is zero or more";
    private const string Zero = "is zero; it must be at least a millisecond";
    private const string NotAbsolute = "is not an absolute address; write it with its scheme, as in https://login.example.com/token";
    private const string PlainHttp = "is plain http, which shows secrets to the network; use https, or set AllowInsecureHttp to true on this credential";
    private const string Decorated = "holds a user name or a fragment; remove that part";
    private const string NotAKey = "is not the base64 of 32 bytes; the command keygen prints a key that is";
    private const string EmptyText = "is empty; give it a value, or leave it out for the default";
    private const string NotASingleValue = "is a section or a list; a single value is expected";
    private const string NotASection = "is a single value; a section or a list is expected";
    private const string NotAStatus = "is not a whole number from 300 to 599";
    private const string NotAFraction = "is not a number from 0 to 1";

    [Theory]
    [InlineData("TokenGateway:Store:Kind", "Memory", "is none of Embedded, Redis")]
    [InlineData("TokenGateway:Store:Kind", "1", "is none of Embedded, Redis")]
    [InlineData("TokenGateway:Store:Path", "", EmptyText)]
    [InlineData("TokenGateway:Store:JournalPath", " ", EmptyText)]
    [InlineData("TokenGateway:Store:KeyPrefix", "", EmptyText)]
    [InlineData("TokenGateway:Store:KeyPrefix", "a{b}", "holds other characters than letters, digits and . _ : -")]
    [InlineData("TokenGateway:Store:MinReplicas", "-1", "is not a whole number of at least 0")]
    [InlineData("TokenGateway:Store:MinReplicas", "one", "is not a whole number of at least 0")]
    [InlineData("TokenGateway:Store:OperationTimeout", "00:00:00", Zero)]
    [InlineData("TokenGateway:Store:OperationTimeout", "2s", NotADuration)]
    [InlineData("TokenGateway:Store:PollInterval", "-00:00:01", Negative)]
    [InlineData("TokenGateway:Store:AllowVolatile", "yes", "is neither true nor false")]
    [InlineData("TokenGateway:Store:Kind:0", "Redis", NotASingleValue, "TokenGateway:Store:Kind")]
    [InlineData("TokenGateway:Store", "Redis", NotASection)]
    [InlineData("TokenGateway:Encryption:Keys", "abc", NotASection)]
    [InlineData("TokenGateway:Encryption:Keys:0", "not base64!", NotAKey)]
    [InlineData("TokenGateway:Encryption:Keys:0", "AAAA", NotAKey)]
    [InlineData("TokenGateway:Encryption:Keys:0", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NotAKey)]
    [InlineData("TokenGateway:Encryption:Keys:0", "", "is empty; give it a value or remove it")]
    [InlineData("TokenGateway:Encryption:KeyFiles:0", "/nowhere/key", "names the file /nowhere/key, which does not exist; create it or correct the path")]
    [InlineData("TokenGateway:Encryption:KeyFiles:0", "/", "names the folder /; a file is expected")]
    public void Read_a_wrong_setting_of_store_or_encryption_is_told_with_path_and_remedy(string key, string value, string message, string? path = null) =>
        AssertOnlyError(key, value, path ?? key, message);

    [Theory]
    [InlineData("Preset", "plum", "is none of airtable, atlassian, auth0, bitbucket, box, calendly, databricks, dropbox, exact, fitbit, freshbooks, generic, github, "
        + "gitlab, google, hubspot, jobber, keap, linear, microsoft, monzo, notion, okta, procore, qonto, quickbooks, "
        + "salesforce, shopify, slack, snowflake, strava, tempo, wise, withings, x, xero, xoxoday, zoho, zoom")]
    [InlineData("TokenEndpoint", "/token", NotAbsolute)]
    [InlineData("TokenEndpoint", "login.example.com/token", NotAbsolute)]
    [InlineData("TokenEndpoint", "ftp://login.example.com/token", NotAbsolute)]
    [InlineData("TokenEndpoint", "http://login.example.com/token", PlainHttp)]
    [InlineData("TokenEndpoint", "https://user:password@login.example.com/token", Decorated)]
    [InlineData("TokenEndpoint", "https://login.example.com/token#a", Decorated)]
    [InlineData("TokenEndpoint", "", "is empty; the preset generic derives none from OAuthUrl, so set its absolute address")]
    [InlineData("ValidateEndpoint", "http://10.0.0.1/token", PlainHttp)]
    [InlineData("ValidateEndpoint", "validate", NotAbsolute)]
    [InlineData("OAuthUrl", "chef", NotAbsolute)]
    [InlineData("OAuthUrl", "http://accounts.example.com", PlainHttp)]
    [InlineData("OAuthUrl", "https://accounts.example.com?a=b", "holds a query, but paths are appended to it; remove that part")]
    [InlineData("TokenType", "../user", "is a part of the token endpoint's path, as in user or company; use letters, digits, _ and -")]
    [InlineData("TokenEndpointAuthMethod", "private_key_jwt", "is none of client_secret_post, client_secret_basic")]
    [InlineData("RequestFormat", "xml", "is none of json, form")]
    [InlineData("Scope:0", "read", NotASingleValue, "Scope")]
    [InlineData("ExtraParameters:client_secret", "x", "is a parameter that TokenGateway sets itself; remove it")]
    [InlineData("ExtraParameters:a:b", "x", NotASingleValue, "ExtraParameters:a")]
    [InlineData("ClientId", "", "is empty; set the client id that the provider gave you")]
    [InlineData("ClientId", " ", "is empty; set the client id that the provider gave you")]
    [InlineData("ClientSecretFile", "/nowhere/secret", "names the file /nowhere/secret, which does not exist; create it or correct the path")]
    [InlineData("RefreshTokenFile", "/", "names the folder /; a file is expected")]
    [InlineData("UnspentStatuses:0", "99", NotAStatus)]
    [InlineData("UnspentStatuses:0", "200", NotAStatus)]
    [InlineData("UnspentStatuses:0", "600", NotAStatus)]
    [InlineData("UnspentStatuses:0", "Bad", NotAStatus)]
    [InlineData("UnspentStatuses", "503", NotASection)]
    [InlineData("AllowInsecureHttp", "1", "is neither true nor false")]
    [InlineData("RequiredForReadiness", "no", "is neither true nor false")]
    public void Read_a_wrong_setting_of_a_credential_is_told_with_path_and_remedy(string key, string value, string message, string? path = null) =>
        AssertOnlyError($"{Plum}:{key}", value, $"{Plum}:{path ?? key}", message);

    [Theory]
    [InlineData("RefreshBefore", "-00:00:01", Negative)]
    [InlineData("RefreshBefore", "30", NotADuration)]
    [InlineData("RefreshBefore", "00:30", NotADuration)]
    [InlineData("RefreshBefore", "4000.00:00:00", "is longer than 3650 days")]
    [InlineData("RefreshJitter", "1.1", NotAFraction)]
    [InlineData("RefreshJitter", "-0.1", NotAFraction)]
    [InlineData("RefreshJitter", "NaN", NotAFraction)]
    [InlineData("RefreshJitter", "0,1", NotAFraction)]
    [InlineData("MinRefreshInterval", "soon", NotADuration)]
    [InlineData("ClockSkew", "-00:00:05", Negative)]
    [InlineData("DefaultExpiresIn", "00:00:00", Zero)]
    [InlineData("MaxIdle", "00:00:00", Zero)]
    [InlineData("TokenEndpointTimeout", "00:00:00", Zero)]
    [InlineData("TokenEndpointTimeout", "00:00:61", NotADuration)]
    [InlineData("LeaseDuration", "25.00:00:00", "is longer than 24 days")]
    [InlineData("LeaseDuration", "00:00:33.9999999", "is shorter than TokenEndpointTimeout + Store:OperationTimeout + 2 s; make it at least 00:00:34")]
    [InlineData("RequestWait", "24:00:00", NotADuration)]
    [InlineData("Patience", "-00:15:00", Negative)]
    [InlineData("ReplayBodyLimit", "-1", "is not a whole number of at least 0")]
    [InlineData("ReplayBodyLimit", "4294967296", "is not a whole number of at least 0")]
    [InlineData("Header", "Transfer-Encoding", "is a header that frames a request or is for one hop only; name the one that the API reads the token from")]
    [InlineData("Header", "X Token", "cannot carry a token: it is no name of a request's header; name the one that the API reads the token from")]
    [InlineData("Header", "Content-Type", "cannot carry a token: it is no name of a request's header; name the one that the API reads the token from")]
    [InlineData("Header", "", "is empty; give it a value, or leave it out for the default")]
    [InlineData("Scheme", "Bearer token", "is not one word of visible ASCII characters; give the word that stands before the token, or \"\" for none")]
    [InlineData("Scheme", "", null)]
    [InlineData("ExpiredResponses", "403", NotASection)]
    [InlineData("ExpiredResponses:0:Contains", "x", "names neither a Status nor a GrpcStatus; name the one that the API answers a dead token with", "ExpiredResponses:0")]
    [InlineData("ExpiredResponses:0:Status", "200", "would take every 200 for a dead token; add what its body Contains", "ExpiredResponses:0")]
    [InlineData("ExpiredResponses:0:Status", "401", "would take every 401 for a dead token; add what its body Contains, or set Validation:On401 to Rotate", "ExpiredResponses:0")]
    [InlineData("ExpiredResponses:0:Status", "99", "is not a whole number from 200 to 599")]
    [InlineData("ExpiredResponses:0:GrpcStatus", "17", "is not a whole number from 1 to 16")]
    [InlineData("ExpiredResponses:0:GrpcStatus", "16", null)]
    [InlineData("ReusePolicy", "Hope", "is none of RevokesFamily, Rejected, Grace")]
    [InlineData("ReusePolicy", "Grace", "is zero, but ReusePolicy is Grace; set how long the provider accepts a spent refresh token again", "ReuseGrace")]
    [InlineData("ReuseGrace", "x", NotADuration)]
    [InlineData("Validation", "true", NotASection)]
    [InlineData("Validation:OnAdopt", "maybe", "is neither true nor false")]
    [InlineData("Validation:Interval", "-00:00:00.001", Negative)]
    [InlineData("Validation:On401", "Retry", "is none of Validate, Rotate, Pass")]
    [InlineData("Validation:OnError", "Ignore", "is none of UseToken, Refuse")]
    [InlineData("Validation:CacheFor", "", null)]
    [InlineData("Validation:CacheFor", "half a minute", NotADuration)]
    [InlineData("Validation:Timeout", "00:00:00", Zero)]
    public void Read_a_wrong_setting_of_rotation_or_validation_is_told_with_path_and_remedy(string key, string value, string? message, string? path = null) =>
        AssertOnlyError($"{Plum}:{key}", value, $"{Plum}:{path ?? key}", message);

    [Theory]
    [InlineData("TokenGateway:Credential", "TokenGateway:Credential is unknown; did you mean Credentials?")]
    [InlineData("TokenGateway:Managment:Url", "TokenGateway:Managment is unknown; did you mean Management?")]
    [InlineData("TokenGateway:Store:Password", "TokenGateway:Store:Password is unknown; remove it")]
    [InlineData("TokenGateway:Encryption:Key", "TokenGateway:Encryption:Key is unknown; did you mean Keys?")]
    [InlineData($"{Plum}:RefreshBefor", $"{Plum}:RefreshBefor is unknown; did you mean RefreshBefore?")]
    [InlineData($"{Plum}:ClientIdFile", $"{Plum}:ClientIdFile is unknown; did you mean ClientId?")]
    [InlineData($"{Plum}:Validation:on402", $"{Plum}:Validation:on402 is unknown; did you mean On401?")]
    [InlineData($"{Plum}:Nested:Key:Deep", $"{Plum}:Nested is unknown; remove it")]
    public void Read_an_unknown_key_is_told_with_its_full_path_and_what_was_meant(string key, string sentence) =>
        Assert.Equal([sentence], SettingsFixture.Read((key, "x")).Errors.Select(error => error.ToString()));

    private static void AssertOnlyError(string key, string value, string path, string? message)
    {
        var result = SettingsFixture.Read((key, value));

        SettingError[] expected = message is null ? [] : [new SettingError(path, message)];
        Assert.Equal(expected, result.Errors);
        Assert.Equal(message is null, result.Value is not null);
    }
}
