#include "RequestWriter.h"

#include "Characters.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace Ichor::Detail {

namespace {

bool isOurs(std::string_view name) noexcept {
    return equalsIgnoringCase(name, "content-length") || equalsIgnoringCase(name, "transfer-encoding");
}

void writeField(OutputBuffer &out, std::string_view name, std::string_view value) {
    out.append(name);
    out.append(": ");
    out.append(value);
    out.append("\r\n");
}

bool hasUsualBody(HttpMethod method) noexcept {
    return method == HttpMethod::post || method == HttpMethod::put || method == HttpMethod::patch;
}

} // namespace

void writeRequest(OutputBuffer &out, HttpMethod method, std::string_view target, std::string_view host, HttpHeaders const &headers,
                  std::string_view body, RequestFraming framing) {
    if (target.empty() || !std::all_of(target.begin(), target.end(), [](char c) { return isOf(c, TARGET); })) {
        throw std::invalid_argument("\"" + std::string(target) + "\" cannot be the target of a request: encode what is not visible ASCII");
    }
    out.append(toString(method));
    out.append(" ");
    out.append(target);
    out.append(" HTTP/1.1\r\n");
    if (!headers.contains("Host")) writeField(out, "Host", host);
    for (HttpHeader const &header : headers) {
        if (!isOurs(header.name)) writeField(out, header.name, header.value);
    }
    if (framing == RequestFraming::CHUNKED) {
        out.append("Transfer-Encoding: chunked\r\n\r\n");
        return;
    }
    if (!body.empty() || hasUsualBody(method)) writeField(out, "Content-Length", std::to_string(body.size()));
    out.append("\r\n");
    out.append(body);
}

} // namespace Ichor::Detail
