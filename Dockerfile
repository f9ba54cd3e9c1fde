# docker build -t tokengateway .
# docker run --read-only --cap-drop ALL -v tokengateway:/app/data -v "$PWD/appsettings.json:/app/appsettings.json:ro" tokengateway check

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble-aot AS build
WORKDIR /source

# Packages first, so that an edit of the code does not download them again.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/TokenGateway/TokenGateway.csproj src/TokenGateway/packages.lock.json src/TokenGateway/
COPY src/TokenGateway.Tokens/TokenGateway.Tokens.csproj src/TokenGateway.Tokens/packages.lock.json src/TokenGateway.Tokens/
COPY src/TokenGateway.Simulator/TokenGateway.Simulator.csproj src/TokenGateway.Simulator/packages.lock.json src/TokenGateway.Simulator/
RUN dotnet restore src/TokenGateway --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY src src
# A native executable is made for the processor that builds it: for another one, build with --platform.
RUN case "$(uname -m)" in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac \
 && dotnet publish src/TokenGateway -c Release -r "$runtime" --no-restore -o /publish \
 && mkdir /image /data \
 && cp /publish/TokenGateway /publish/*.so /image/ \
 && chmod 0555 /image/TokenGateway /image/*.so

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="TokenGateway" \
      org.opencontainers.image.description="Keeps single-use OAuth 2.0 refresh tokens alive and attaches valid access tokens to the requests that it proxies." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# The base image asks for port 8080 on every interface. Here loopback is the default, which is right beside a service in a pod;
# to publish the port, set Urls to http://*:8080 together with TokenGateway:Inbound.
# No diagnostics port and no dump of a crash: the memory holds tokens.
ENV ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_DbgEnableMiniDump=0

WORKDIR /app
COPY --from=build /image/ ./
# The only folder that is written to: the embedded store and the journal. The rest may be read-only.
COPY --from=build --chown=$APP_UID:$APP_UID /data data
VOLUME /app/data
USER $APP_UID
EXPOSE 8080 8081
ENTRYPOINT ["/app/TokenGateway"]
