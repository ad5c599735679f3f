# frozen_string_literal: true

def greeting(name)
  "hello from #{name}"
end
