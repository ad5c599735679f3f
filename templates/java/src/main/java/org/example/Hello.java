package org.example;

public class Hello {
    static String greeting(String name) {
        return "hello from " + name;
    }

    public static void main(String[] names) {
        System.out.println(greeting("Java " + Runtime.version().feature()));
    }
}
