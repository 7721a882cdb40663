// The request's body is stdin, stdout is the answer.
#include <iostream>
#include <string>

int main() {
  std::string name;
  std::getline(std::cin, name);
  std::cout << "Hello from C++, " << (name.empty() ? "world" : name) << "!" << std::endl;
}
