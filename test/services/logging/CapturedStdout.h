#pragma once

#include <catch2/catch.hpp>

#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

/// Standard output goes to memory instead, from construction to text().
class CapturedStdout final {
public:
    CapturedStdout() : _file(::memfd_create("stdout", 0)), _stdout(::dup(STDOUT_FILENO)) {
        std::fflush(stdout);
        ::fcntl(_file, F_SETFL, O_APPEND); // of memory, unlike of a real file, several threads do not share the position safely
        REQUIRE(::dup2(_file, STDOUT_FILENO) == STDOUT_FILENO);
    }
    CapturedStdout(CapturedStdout const &) = delete;
    CapturedStdout &operator=(CapturedStdout const &) = delete;
    ~CapturedStdout() {
        giveBack();
        ::close(_file);
    }

    std::string text() {
        giveBack();
        std::string all;
        char buffer[512];
        ::lseek(_file, 0, SEEK_SET);
        for (ssize_t n = 0; (n = ::read(_file, buffer, sizeof(buffer))) > 0;) all.append(buffer, static_cast<std::size_t>(n));
        return all;
    }

private:
    void giveBack() {
        if (_stdout < 0) return;
        std::fflush(stdout);
        ::dup2(_stdout, STDOUT_FILENO);
        ::close(_stdout);
        _stdout = -1;
    }

    int _file;
    int _stdout; // the real one, kept meanwhile; -1 = given back
};
