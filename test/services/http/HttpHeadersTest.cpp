#include <ichor/services/http/HttpError.h>
#include <ichor/services/http/HttpResponse.h>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace Ichor;

TEST_CASE("Headers: names are compared without regard to case", "[http]") {
    HttpHeaders headers{{"Accept", "application/json"}, {"X-A", "1"}};
    CHECK(headers.get("accept") == "application/json");
    headers.set("ACCEPT", "text/html");
    CHECK(headers.get("Accept") == "text/html");
    CHECK(headers.size() == 2);
    headers.add("accept", "text/plain");
    CHECK(headers.size() == 3);
    headers.remove("Accept");
    CHECK(headers.size() == 1);
    CHECK_FALSE(headers.contains("Accept"));
}

TEST_CASE("Headers: text from outside cannot begin another field", "[http]") {
    HttpHeaders headers;
    headers.set("X", "a\r\nSet-Cookie: evil\n\x01");
    CHECK(headers.get("X") == "a  Set-Cookie: evil  ");
    CHECK_THROWS_AS(headers.set("X\r\nY", "1"), std::invalid_argument);
    CHECK_THROWS_AS(headers.set("", "1"), std::invalid_argument);
}

TEST_CASE("Response: a Content-Type that is set goes before the one of the kind", "[http]") {
    HttpResponse response = HttpResponse::json(std::vector<std::uint8_t>{'{', '}'});
    CHECK(response.header("content-type") == "application/json");
    CHECK(response.body() == "{}");
    response.setHeader("Content-Type", "application/problem+json");
    CHECK(response.contentType() == "application/problem+json");
    CHECK(HttpResponse::badRequest("why").status() == HttpStatus::badRequest);
    CHECK(HttpResponse::badRequest("why").body() == "why");
    CHECK_FALSE(HttpResponse::notFound().isSuccess());
}

TEST_CASE("Error: its message says what and where, and it is compared by kind", "[http]") {
    HttpError const error(HttpError::CONNECTION_REFUSED, "127.0.0.1:8001");
    CHECK(error.message() == "connection refused: 127.0.0.1:8001");
    CHECK(error == HttpError::CONNECTION_REFUSED);
    CHECK_FALSE(error == HttpError(HttpError::TIMEOUT));
}
