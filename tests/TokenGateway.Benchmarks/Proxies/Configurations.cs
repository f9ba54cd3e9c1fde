using System.Text.Json.Nodes;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>The same job for every proxy: put an <c>Authorization</c> on, and pass to one of two upstreams by the path.</summary>
internal static class Configurations
{
    private const string StaticHeader = "Bearer static_token_of_the_length_that_real_ones_have_0123456789";

    /// <summary>nginx as upstream: it answers at once, and costs all proxies the same.</summary>
    public static string Upstream(string folder, int plain, int tls) => $$"""
        {{NginxBase(folder, "upstream")}}
          server {
            listen 127.0.0.1:{{plain}} reuseport;
            listen 127.0.0.1:{{tls}} ssl http2 reuseport;
            ssl_certificate {{folder}}/certificate.pem;
            ssl_certificate_key {{folder}}/key.pem;
            client_max_body_size 0;
            root {{folder}};
            location ~ json$ { default_type application/json; try_files /payload.json =404; }
            location / { default_type text/plain; return 200 "ok"; }
          }
        }
        """;

    public static string Nginx(string folder, int port, int plain, int tls) => $$"""
        {{NginxBase(folder, "peer")}}
          upstream plain { server 127.0.0.1:{{plain}}; keepalive 256; keepalive_requests 100000000; }
          upstream tls { server 127.0.0.1:{{tls}}; keepalive 256; keepalive_requests 100000000; }
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Authorization "{{StaticHeader}}";
          server {
            listen 127.0.0.1:{{port}};
            client_max_body_size 0;
            client_body_buffer_size 64k;
            location /tls/ { proxy_pass https://tls; }
            location / { proxy_pass http://plain; }
          }
        }
        """;

    public static string Haproxy(int port, int plain, int tls) => $$"""
        defaults
          mode http
          timeout connect 5s
          timeout client 60s
          timeout server 60s
          http-reuse always
        frontend in
          bind 127.0.0.1:{{port}}
          http-request set-header Authorization "{{StaticHeader}}"
          use_backend tls if { path_beg /tls/ }
          default_backend plain
        backend plain
          server upstream 127.0.0.1:{{plain}}
        backend tls
          server upstream 127.0.0.1:{{tls}} ssl verify none

        """;

    /// <param name="port">Where it listens.</param>
    /// <param name="plain">The upstream's port.</param>
    /// <param name="tls">The upstream's port for HTTPS, over which HTTP/2 can be agreed on.</param>
    /// <param name="http2">Whether that is wanted there.</param>
    public static JsonObject BareYarp(int port, int plain, int tls, bool http2)
    {
        var configuration = Yarp(port, plain, tls, new JsonObject { ["RequestHeader"] = "Authorization", ["Set"] = StaticHeader });
        if (!http2)
        {
            configuration["ReverseProxy"]!["Clusters"]!["tls"]!["HttpRequest"] = new JsonObject { ["Version"] = "1.1" };
        }

        return configuration;
    }

    public static JsonObject Gateway(string folder, int port, int management, int plain, int tls, string provider, string refreshToken)
    {
        var configuration = Yarp(port, plain, tls, new JsonObject { ["BearerToken"] = "plum" });
        configuration["TokenGateway"] = JsonNode.Parse($$"""
            { "Store": { "Path": "{{folder}}/tokens.db", "JournalPath": "{{folder}}/journal" },
              "Management": { "Url": "http://127.0.0.1:{{management}}" },
              "Credentials": { "plum": { "Preset": "xoxoday", "OAuthUrl": "{{provider}}", "ClientId": "demo", "ClientSecret": "demo-secret", "RefreshToken": "{{refreshToken}}" } } }
            """);
        return configuration;
    }

    private static JsonObject Yarp(int port, int plain, int tls, JsonObject authorization) => new()
    {
        ["Urls"] = $"http://127.0.0.1:{port}",
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = new JsonObject { ["plain"] = Route("plain", authorization), ["tls"] = Route("tls", authorization) },
            ["Clusters"] = new JsonObject { ["plain"] = Cluster($"http://127.0.0.1:{plain}"), ["tls"] = Cluster($"https://127.0.0.1:{tls}") },
        },
    };

    private static JsonObject Route(string name, JsonObject authorization) => new()
    {
        ["ClusterId"] = name,
        ["Match"] = new JsonObject { ["Path"] = $"/{name}/{{**rest}}" },
        ["Transforms"] = new JsonArray(authorization.DeepClone()),
    };

    private static JsonObject Cluster(string address) => new()
    {
        ["Destinations"] = new JsonObject { ["one"] = new JsonObject { ["Address"] = address } },
    };

    /// <summary>One process, so that its CPU time is all in one place.</summary>
    private static string NginxBase(string folder, string name) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/{{name}}.pid;
        error_log {{folder}}/{{name}}.log crit;
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_requests 100000000;
          client_body_temp_path {{folder}}/{{name}}-body;
          proxy_temp_path {{folder}}/{{name}}-proxy;
          fastcgi_temp_path {{folder}}/{{name}}-fastcgi;
          uwsgi_temp_path {{folder}}/{{name}}-uwsgi;
          scgi_temp_path {{folder}}/{{name}}-scgi;
        """;
}
