#include <ichor/services/http/HttpHostConfig.h>

#include "PropertyReader.h"
#include "SocketAddress.h"

namespace Ichor {

namespace {

// Positions in a head are kept in 32 bits; nobody sends heads of that size.
constexpr std::uint32_t MAXIMUM_HEADER_BYTES = 16 * 1024 * 1024;

void readLimits(Detail::PropertyReader &reader, HttpLimits &limits) {
    reader.read("HeaderBytes", limits.headerBytes);
    reader.check(limits.headerBytes >= 64 && limits.headerBytes <= MAXIMUM_HEADER_BYTES, "HeaderBytes", "from 64 to 16777216");
    reader.read("HeaderCount", limits.headerCount);
    reader.read("UriBytes", limits.uriBytes);
    reader.read("BodyBytes", limits.bodyBytes);
    reader.read("BodyBytesPerSecond", limits.bodyBytesPerSecond);
    reader.check(limits.bodyBytesPerSecond > 0, "BodyBytesPerSecond", "above zero");
    reader.read("TrailerBytes", limits.trailerBytes);
    reader.read("ChunkExtensionBytes", limits.chunkExtensionBytes);
    reader.read("PipelinedRequests", limits.pipelinedRequests);
    reader.check(limits.pipelinedRequests > 0, "PipelinedRequests", "above zero");
    reader.read("UnsentBytes", limits.unsentBytes);
    reader.check(limits.unsentBytes > 0, "UnsentBytes", "above zero");
    reader.read("Connections", limits.connections);
    reader.check(limits.connections > 0, "Connections", "above zero");
    reader.readTime("HeaderTimeout", limits.headerTimeout);
    reader.readTime("BodyTimeout", limits.bodyTimeout);
    reader.readTime("IdleTimeout", limits.idleTimeout);
    reader.readTime("SendTimeout", limits.sendTimeout);
}

} // namespace

Expected<HttpHostConfig, StartError> HttpHostConfig::from(Properties const &properties) {
    HttpHostConfig config;
    Detail::PropertyReader reader(properties);
    reader.read("Address", config.address);
    reader.check(Detail::SocketAddress::parse(config.address, 0).has_value(), "Address",
                 "an IPv4 or IPv6 address or \"localhost\", but is \"" + config.address + '"');
    reader.read("Port", config.port);
    reader.read("Backlog", config.backlog);
    reader.read("ReusePort", config.reusePort);
    reader.readTime("StopTimeout", config.stopTimeout);
    readLimits(reader, config.limits);
    if (reader.error()) return unexpected<StartError>(*reader.error());
    return config;
}

} // namespace Ichor
